package message

// Words lets tests see that no language lacks what another has.
func Words(language string) any { return languages[language] }

// IssueWords lets tests see that each code has words.
func IssueWords(language string) map[string]string { return languages[language].issues }
