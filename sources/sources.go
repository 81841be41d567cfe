// Package sources lists every source there is.
package sources

import (
	"baseline/sources/barnahus"
	"baseline/sources/chi"
	"baseline/sources/coemembers"
	"baseline/sources/coetreaties"
	"baseline/sources/crin"
	"baseline/sources/curated"
	"baseline/sources/enoc"
	"baseline/sources/icmec"
	"baseline/sources/inhope"
	"baseline/sources/insafe"
	"baseline/sources/iwfportals"
	"baseline/sources/ncmec"
	"baseline/sources/report"
	"baseline/sources/saferinternetday"
	"baseline/sources/sentinels"
	"baseline/sources/source"
	"baseline/sources/untreaties"
	"baseline/sources/weprotect"
)

// All returns the sources in the order in which they are shown.
func All() []source.Source {
	return []source.Source{
		report.New(),           // the report of 2021 itself: edition 2021
		curated.New(),          // facts that have no page to read, or whose page nobody could read yet
		untreaties.New(),       // CRC and its protocol OPSC: figure 1
		coetreaties.New(),      // CETS 201, ETS 185, ETS 189, CETS 224: figure 1
		weprotect.New(),        // WeProtect Global Alliance, governments: figure 1
		coemembers.New(),       // Council of Europe, member states: all figures
		enoc.New(),             // ombudspersons for children: figure 2
		icmec.New(),            // reviews of legislation: figure 3
		ncmec.New(),            // CyberTipline reports by country: figure 4
		crin.New(),             // access to justice, ages of criminal responsibility: figure 5
		inhope.New(),           // hotlines: figure 6
		chi.New(),              // child helplines: figure 6
		iwfportals.New(),       // reporting portals of the IWF: figure 6
		insafe.New(),           // Safer Internet Centres: figure 7
		saferinternetday.New(), // Safer Internet Day: figure 7, appendix 3
		barnahus.New(),         // Barnahus Network
		sentinels.New(),        // pages that are watched so that a steward is told to look
	}
}
