package schemas

// Captures is the record of what was asked of publishers and what came back.
var Captures = Dataset{
	Name: "captures", Title: "Captures", Record: true, Key: []string{"source", "request"},
	Doc: "The capture of each request that the snapshot rests on.",
	Columns: []Column{
		{Name: "source", Kind: Text, Required: true, Doc: "Source."},
		{Name: "request", Kind: Text, Required: true, Doc: "What was asked for, in the source's words."},
		{Name: "sha256", Kind: Text, Required: true, Doc: "SHA-256 of the bytes, hexadecimal."},
		{Name: "bytes", Kind: Int, Unit: "bytes", Required: true, Doc: "Size."},
		{Name: "url", Kind: Text, Required: true, Doc: "Address that was asked."},
		{Name: "final_url", Kind: Text, Doc: "Address that answered, after redirects."},
		{Name: "requested_at", Kind: Time, Required: true, Doc: "When it was asked, UTC; for a rebuilt capture, when its facts were true."},
		{Name: "status", Kind: Int, Doc: "HTTP status."},
		{Name: "origin", Kind: Text, Required: true, Words: []string{"publisher", "rebuilt", "curated", "by hand"}, Doc: "publisher: the publisher's own bytes; rebuilt: made from facts because no original was to be had; curated: a reviewed table of this project; by hand: saved by a steward."},
		{Name: "origin_note", Kind: Text, Doc: "What it was rebuilt from."},
	},
}

// Findings are the surprises met while reading and checking.
var Findings = Dataset{
	Name: "findings", Title: "Findings", Record: true, Key: []string{"number"},
	Doc: "What surprised a reader or a check, with its evidence and what to do.",
	Columns: []Column{
		{Name: "number", Kind: Int, Required: true, Doc: "Position, most serious first."},
		{Name: "severity", Kind: Text, Required: true, Words: []string{"hold", "question", "note"}, Doc: "hold: rows did not pass; question: a steward should look; note: for the record."},
		{Name: "code", Kind: Text, Required: true, Doc: "Stable word for the kind of finding."},
		{Name: "source", Kind: Text, Required: true, Doc: "Source."},
		{Name: "dataset", Kind: Text, Doc: "Dataset."},
		{Name: "part", Kind: Text, Doc: "Part of the dataset, such as year=2023."},
		{Name: "text", Kind: Text, Required: true, Doc: "What was found."},
		{Name: "hint", Kind: Text, Doc: "What to do."},
		{Name: "capture", Kind: Text, Doc: "SHA-256 of the capture."},
		{Name: "locator", Kind: Text, Doc: "Where in the capture."},
		{Name: "quote", Kind: Text, Doc: "The text there."},
	},
}

// HeldRows are rows that a check did not let into the snapshot.
var HeldRows = Dataset{
	Name: "held", Title: "Held rows", Record: true, Key: []string{"number"},
	Doc: "Rows that a check did not let in. Nothing is dropped: a steward decides.",
	Columns: []Column{
		{Name: "number", Kind: Int, Required: true, Doc: "Position."},
		{Name: "source", Kind: Text, Required: true, Doc: "Source."},
		{Name: "dataset", Kind: Text, Required: true, Doc: "Dataset the row would belong to."},
		{Name: "part", Kind: Text, Doc: "Part of the dataset."},
		{Name: "reason", Kind: Text, Required: true, Doc: "Code of the finding that held it."},
		{Name: "row", Kind: Text, Required: true, Doc: "The row as JSON."},
		{Name: "capture", Kind: Text, Doc: "SHA-256 of the capture."},
		{Name: "locator", Kind: Text, Doc: "Where in the capture."},
		{Name: "quote", Kind: Text, Doc: "The row as printed there."},
	},
}

// OtherRows are rows that another, more trusted source overrules.
var OtherRows = Dataset{
	Name: "other_rows", Title: "Rows of other sources", Record: true, Key: []string{"number"},
	Doc: "What less trusted sources say of facts that another source gives: corroboration, or disagreement.",
	Columns: []Column{
		{Name: "number", Kind: Int, Required: true, Doc: "Position."},
		{Name: "source", Kind: Text, Required: true, Doc: "Source of the row."},
		{Name: "dataset", Kind: Text, Required: true, Doc: "Dataset."},
		{Name: "key", Kind: Text, Required: true, Doc: "Key of the row."},
		{Name: "followed", Kind: Text, Required: true, Doc: "Source that is followed instead; the row's own, where it is what that source said lately, within its time of confirmation."},
		{Name: "agrees", Kind: Bool, Required: true, Doc: "Whether both say the same, as far as both say anything."},
		{Name: "observed_at", Kind: Time, Doc: "When its capture was taken, UTC."},
		{Name: "row", Kind: Text, Required: true, Doc: "The row as JSON."},
		{Name: "capture", Kind: Text, Doc: "SHA-256 of the capture."},
		{Name: "locator", Kind: Text, Doc: "Where in the capture."},
		{Name: "quote", Kind: Text, Doc: "The row as printed there."},
	},
}

// WithdrawnRows are rows that have gone: confirmed by a second capture.
var WithdrawnRows = Dataset{
	Name: "withdrawn", Title: "Withdrawn rows", Record: true, Key: []string{"number"},
	Doc: "Rows that a complete list no longer has, confirmed by a second capture, with their last evidence. A row that comes back leaves this table.",
	Columns: []Column{
		{Name: "number", Kind: Int, Required: true, Doc: "Position."},
		{Name: "source", Kind: Text, Required: true, Doc: "Source."},
		{Name: "dataset", Kind: Text, Required: true, Doc: "Dataset."},
		{Name: "key", Kind: Text, Required: true, Doc: "Key of the row."},
		{Name: "missing_since", Kind: Time, Required: true, Doc: "When the first capture without it was taken, UTC."},
		{Name: "confirmed_at", Kind: Time, Required: true, Doc: "When the capture that confirmed it was taken, UTC."},
		{Name: "row", Kind: Text, Required: true, Doc: "The row as JSON, as it was last read."},
		{Name: "capture", Kind: Text, Required: true, Doc: "SHA-256 of the capture in which it last stood."},
		{Name: "locator", Kind: Text, Doc: "Where in that capture."},
		{Name: "quote", Kind: Text, Doc: "The row as printed there."},
	},
}

// SourceStates is the state of each source in a snapshot.
var SourceStates = Dataset{
	Name: "sources", Title: "Sources", Record: true, Key: []string{"source"},
	Doc: "Each source with its three clocks and what the snapshot holds of it.",
	Columns: []Column{
		{Name: "source", Kind: Text, Required: true, Doc: "Source."},
		{Name: "title", Kind: Text, Required: true, Doc: "Title of the listing."},
		{Name: "publisher", Kind: Text, Required: true, Doc: "Publisher."},
		{Name: "checked_at", Kind: Time, Doc: "When it was last asked."},
		{Name: "captured_at", Kind: Time, Doc: "When bytes last came."},
		{Name: "changed_at", Kind: Time, Doc: "When its facts last differed."},
		{Name: "budget_days", Kind: Int, Unit: "days", Required: true, Doc: "How old a capture may be."},
		{Name: "rows", Kind: Int, Unit: "rows", Required: true, Doc: "Rows in the snapshot."},
		{Name: "kept", Kind: Int, Unit: "rows", Required: true, Doc: "Of these, last good rows kept."},
		{Name: "held", Kind: Int, Unit: "rows", Required: true, Doc: "Rows held back."},
		{Name: "states_of_47", Kind: Int, Unit: "states", Required: true, Doc: "Member states of 2021 on which it says anything."},
		{Name: "original", Kind: Int, Unit: "captures", Required: true, Doc: "Captures that are the publisher's own bytes, as they were fetched."},
		{Name: "rebuilt", Kind: Int, Unit: "captures", Required: true, Doc: "Captures rebuilt from facts."},
		{Name: "curated", Kind: Int, Unit: "captures", Required: true, Doc: "Reviewed tables of this project."},
		{Name: "by_hand", Kind: Int, Unit: "captures", Doc: "Captures that a steward saved and handed in. Empty in snapshots of before this was counted, which had them among original."},
	},
}

// Records lists the pipeline's own record.
var Records = []*Dataset{&SourceStates, &Captures, &Findings, &HeldRows, &OtherRows, &WithdrawnRows}
