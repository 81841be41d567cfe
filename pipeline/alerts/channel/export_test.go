package channel

// StatusIn lets tests see what counts as a status.
var StatusIn = statusIn
