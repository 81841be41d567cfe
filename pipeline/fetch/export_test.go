package fetch

// ErrPrivate is what dialling a private address fails with.
var ErrPrivate = errPrivate

// Public is public, for tests.
var Public = public

// Backoff is backoff, for tests.
var Backoff = backoff

// Onward is onward, for tests.
var Onward = onward
