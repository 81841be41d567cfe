// Package sources lists every source there is.
package sources

import (
	"baseline/sources/curated"
	"baseline/sources/ncmec"
	"baseline/sources/report"
	"baseline/sources/sentinels"
	"baseline/sources/source"
	"baseline/sources/untreaties"
)

// All returns the sources in the order in which they are shown.
func All() []source.Source {
	return []source.Source{
		report.New(),     // the report of 2021 itself: edition 2021
		curated.New(),    // states, and treaty facts that no page could be read for yet
		untreaties.New(), // CRC and its protocol OPSC: figure 1
		ncmec.New(),      // CyberTipline reports by country: figure 4
		sentinels.New(),  // pages that are watched so that a steward is told to look
	}
}
