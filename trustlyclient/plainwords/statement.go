package plainwords

// Statement is a sentence or two with the sources that they rest on.
type Statement struct {
	Text    string // "" when nothing is said
	Sources []Source
}

// String returns the text.
func (s Statement) String() string { return s.Text }

// Caution says what is weak about the sources, "" when all of them are Trustly's own pages.
func (s Statement) Caution() string { return cautionFor(s.Sources) }

func say(text string, sources ...Source) Statement { return Statement{text, union(sources)} }

// Answer is yes, no or unknown.
type Answer string

// The answers.
const (
	Yes     Answer = "yes"
	No      Answer = "no"
	Unknown Answer = "unknown"
)

// Finality says whether a state can still change. Trustly does not publish which states are final: each answer is an
// inference from the definitions, and its caution says so.
type Finality struct {
	Answer Answer
	Statement
}

func final(text string) Finality { return Finality{Yes, say(text, Inference)} }
func open(text string) Finality  { return Finality{No, say(text, Inference)} }
func unsure(text string) Finality {
	return Finality{Unknown, say(text, Inference)}
}

// Action is who has to do something next, as support sorts its work.
type Action string

// The actions. ActionUnknown is the answer wherever the sources do not justify another.
const (
	CustomerActs  Action = "customer must act"
	MerchantActs  Action = "merchant must act"
	Wait          Action = "wait"
	NothingToDo   Action = "nothing to do"
	ActionUnknown Action = "unknown"
)
