package workspace

// Kill stops the renewal of the lease that w holds, as the death or sleep of its machine
// would.
func Kill(w *Workspace) {
	l := w.bucket.lease
	l.stop()
	<-l.done
}

// KillGuard is Kill for what was taken with TryGuard.
func KillGuard(w *Workspace, name string) {
	l := w.bucket.guards[name]
	l.stop()
	<-l.done
}
