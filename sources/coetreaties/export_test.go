package coetreaties

// ChartAsHTML is the chart of the tests as the publisher's page shows it.
func ChartAsHTML() string { return asHTML(fixture()) }

// Rows is how many states it has.
func Rows() int { return len(fixture()) }
