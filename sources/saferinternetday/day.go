package saferinternetday

import "time"

// known are the days on which Safer Internet Day was held, as read in the organisers'
// pages of the year.
var known = map[int]time.Time{
	2020: february(2020, 11), 2021: february(2021, 9), 2022: february(2022, 8), 2023: february(2023, 7),
	2024: february(2024, 6), 2025: february(2025, 11), 2026: february(2026, 10),
}

func february(year, day int) time.Time {
	return time.Date(year, time.February, day, 0, 0, 0, 0, time.UTC)
}

// Predict returns the day of the year's Safer Internet Day by the rule that fits every
// day that is known: the Tuesday between 5 and 11 February. The organisers' own words,
// second day of the second week of the second month, can be read in two ways, so the
// answer stays a prediction until the organisers name the day.
func Predict(year int) time.Time {
	first := february(year, 5)
	return first.AddDate(0, 0, (int(time.Tuesday)-int(first.Weekday())+7)%7)
}

// dayOf is the known day of the year, else the predicted one.
func dayOf(year int) time.Time {
	if d, ok := known[year]; ok {
		return d
	}
	return Predict(year)
}

// season returns the year of the Safer Internet Day to which an update belongs. Pages
// are written from autumn on and stay until the next one is prepared: August of one year
// to July of the next belong to the day in that February.
func season(updated time.Time) int {
	if updated.Month() >= time.August {
		return updated.Year() + 1
	}
	return updated.Year()
}
