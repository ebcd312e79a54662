package handlers

import (
	"regexp"
	"strings"

	"trustlyportal/search"
)

// browsers are told by these words of a user agent, the first that is there: most say that they are others, too.
var browsers = []struct{ word, name string }{
	{"Edg", "Edge"}, {"EdgA", "Edge"}, {"EdgiOS", "Edge"},
	{"OPR", "Opera"}, {"Vivaldi", "Vivaldi"}, {"SamsungBrowser", "Samsung Internet"},
	{"FxiOS", "Firefox"}, {"Firefox", "Firefox"},
	{"HeadlessChrome", "Chrome"}, {"CriOS", "Chrome"}, {"Chrome", "Chrome"},
	{"Version", "Safari"}, // with Safari behind it, see device
	{"curl", "curl"}, {"Wget", "Wget"}, {"python-requests", "Python"}, {"Go-http-client", "Go"},
}

// systems are told by these words, the first that is there. Browsers freeze the versions, so none are told.
var systems = []struct{ word, name string }{
	{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"CrOS", "ChromeOS"},
	{"Windows", "Windows"}, {"Macintosh", "macOS"}, {"Linux", "Linux"},
}

// product is a word of a user agent with its version.
var product = regexp.MustCompile(`([A-Za-z-]+)/([0-9]{1,4})`)

// device says what a user agent claims to be: "Firefox 145 on Windows". What is not known for certain is not guessed:
// then it is the user agent as it is, cut short.
func device(userAgent string) string {
	versions := map[string]string{}
	for _, m := range product.FindAllStringSubmatch(userAgent, 30) {
		if _, twice := versions[m[1]]; !twice {
			versions[m[1]] = m[2]
		}
	}
	name := ""
	for _, b := range browsers {
		version, ok := versions[b.word]
		if ok && (b.word != "Version" || strings.Contains(userAgent, "Safari/")) {
			name = b.name + " " + version
			break
		}
	}
	system := ""
	for _, s := range systems {
		if strings.Contains(userAgent, s.word) {
			system = s.name
			break
		}
	}
	switch {
	case name != "" && system != "":
		return name + " on " + system
	case name != "":
		return name
	case strings.TrimSpace(userAgent) == "":
		return "Unknown device"
	}
	return search.Isolate(cutText(userAgent, maxDevice))
}

// maxDevice is how many characters of an unknown user agent are shown; its title has the rest.
const maxDevice = 60

func cutText(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}
