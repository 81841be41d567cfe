package schemas

// History is what was known, and when: one line for each value of each cell.
var History = Dataset{
	Name: "history", Title: "History", Record: true, Key: []string{"dataset", "key", "column", "known_from", "valid_from", "value"},
	Doc: "Every value that a cell has had, in two times: when it was true by the source's own days (valid), and when this workspace knew it (known).",
	Columns: []Column{
		{Name: "dataset", Kind: Text, Required: true, Doc: "Dataset."},
		{Name: "key", Kind: Text, Required: true, Doc: "Key of the row, as explain takes it."},
		{Name: "key_values", Kind: Text, Required: true, Doc: "The key's values as a JSON list of texts, in the order of the dataset's key."},
		{Name: "place", Kind: Text, Doc: "Code of the place, if the row is about one."},
		{Name: "name", Kind: Text, Doc: "Its name as published."},
		{Name: "column", Kind: Text, Required: true, Doc: "Column."},
		{Name: "value", Kind: Text, Required: true, Doc: "Value of the cell, as text."},
		{Name: "valid_from", Kind: Date, Doc: "Since when, by the source's own word; null if it does not say."},
		{Name: "valid_from_precision", Kind: Text, Words: DatePrecisions, Doc: "How precise valid_from is."},
		{Name: "valid_to", Kind: Date, Doc: "Day on which something else became true; null if it holds, or if no source says."},
		{Name: "known_from", Kind: Time, Required: true, Doc: "When a snapshot or edition that says so came into force here, UTC."},
		{Name: "known_to", Kind: Time, Doc: "When one came into force that says something else, UTC; null: it is what is known now."},
		{Name: "known_in", Kind: Text, Required: true, Doc: "The first snapshot or edition that said so."},
		{Name: "source", Kind: Text, Required: true, Doc: "Source that said so first."},
		{Name: "capture", Kind: Text, Doc: "SHA-256 of the capture from which it was first read."},
		{Name: "locator", Kind: Text, Doc: "Where in the capture."},
		{Name: "quote", Kind: Text, Doc: "The row as printed there."},
	},
}
