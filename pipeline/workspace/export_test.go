package workspace

// Kill stops the renewal of the lease that w holds, as the death or sleep of its machine
// would.
func Kill(w *Workspace) {
	l := w.bucket.lease
	l.stop()
	<-l.done
}
