package auth

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"unicode"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
	"golang.org/x/text/unicode/norm"
)

const (
	minPassword = 12  // characters; long enough without rules on which characters (NIST SP 800-63B)
	maxPassword = 128 // characters; room for any passphrase, little work for a stranger's

	// maxHashes bounds the passwords hashed at once. Each takes 19 MiB and some 40 ms of a core; more at once would not
	// finish sooner, only take memory and starve the readers who are in already.
	maxHashes = 2

	// maxStrangers of them are checked for clients that the account is not known to: whatever strangers send, the other
	// place is left for the portal's people.
	maxStrangers = 1

	// Those who wait for their turn at most, some 40 ms each: whoever comes on top is told so at once. A queue costs
	// memory, and nobody waits for its end.
	maxWaiting          = 64
	maxWaitingStrangers = 8
)

// errBusy: the queue for checking passwords is full.
var errBusy = errors.New("too many passwords to check at once")

// hashParams are OWASP's second choice for argon2id (19 MiB, t=2, p=1), set here because the library's defaults take
// 64 MiB and as many threads as the machine has cores. Hashes carry their parameters: changing these leaves old ones
// valid.
var hashParams = &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// nobody is a hash of hashParams that no password matches in practice: 32 zero bytes are its key. Checking against it
// costs what checking a real one costs.
const nobody = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

// Passwords hashes and checks passwords, a few at a time.
type Passwords struct {
	known, strangers queue
}

// NewPasswords returns a hasher. A process needs one, as the bounds are the hasher's.
func NewPasswords() *Passwords {
	return &Passwords{
		known:     queue{slots: make(chan struct{}, maxHashes), most: maxHashes + maxWaiting},
		strangers: queue{slots: make(chan struct{}, maxStrangers), most: maxStrangers + maxWaitingStrangers},
	}
}

// Hash returns the argon2id hash of a password, in the encoding of the reference implementation
// ($argon2id$v=19$m=…). It waits for its turn and gives up with the context. See [CheckPassword] for what to hash.
func (p *Passwords) Hash(ctx context.Context, password string) (string, error) {
	if err := p.known.enter(ctx); err != nil {
		return "", err
	}
	defer p.known.leave()
	hash, err := argon2id.CreateHash(normalizePassword(password), hashParams)
	if err != nil {
		return "", fmt.Errorf("hash password: %w", err)
	}
	return hash, nil
}

// Verify reports whether the password is the hash's. With an empty hash, for an account that does not exist or has no
// password, it takes as long and says no.
func (p *Passwords) Verify(ctx context.Context, password, hash string) (bool, error) {
	known := hash != ""
	if !known {
		hash = nobody
	}
	if utf8.RuneCountInString(password) > maxPassword {
		password, known = "", false // no account has it, so its length buys no work
	}
	if err := p.known.enter(ctx); err != nil {
		return false, err
	}
	defer p.known.leave()
	match, err := argon2id.ComparePasswordAndHash(normalizePassword(password), hash)
	if err != nil {
		return false, fmt.Errorf("compare with the stored hash: %w", err)
	}
	return match && known, nil
}

// verifyStranger is Verify for a client that the account is not known to: it waits in a queue of its own before it
// takes its place among the others. errBusy if that queue is full.
func (p *Passwords) verifyStranger(ctx context.Context, password, hash string) (bool, error) {
	if err := p.strangers.enter(ctx); err != nil {
		return false, err
	}
	defer p.strangers.leave()
	return p.Verify(ctx, password, hash)
}

// queue lets a few at a time through.
type queue struct {
	slots chan struct{}
	most  int64        // inside and waiting together
	here  atomic.Int64 // are now
}

// enter waits for a place. The error is errBusy or the context's; without one, leave has to follow.
func (q *queue) enter(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err // select would choose at random when both are ready
	}
	if q.here.Add(1) > q.most {
		q.here.Add(-1)
		return errBusy
	}
	select {
	case q.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		q.here.Add(-1)
		return ctx.Err()
	}
}

// full reports whether enter would say errBusy.
func (q *queue) full() bool { return q.here.Load() >= q.most }

func (q *queue) leave() {
	<-q.slots
	q.here.Add(-1)
}

// normalizePassword makes é one character whether a keyboard sent it as one or as e and an accent.
func normalizePassword(password string) string { return norm.NFKC.String(password) }

// CheckPassword says why a password may not be the one of that account, in words for a person; nil if it may.
func CheckPassword(password, email string) error {
	password = normalizePassword(password)
	lower := strings.ToLower(password)
	email = NormalizeEmail(email)
	name, _, _ := strings.Cut(email, "@")
	switch n := utf8.RuneCountInString(password); {
	case !utf8.ValidString(password):
		return errors.New("the password is not valid UTF-8 text")
	case n < minPassword:
		return fmt.Errorf("the password has %d characters, but needs at least %d: a few unrelated words are easy to remember", n, minPassword)
	case n > maxPassword:
		return fmt.Errorf("the password has %d characters, but may have at most %d", n, maxPassword)
	case lower == email || lower == name:
		return errors.New("the password is the e-mail address")
	case isCommon(lower), isRepeated(lower):
		return errors.New("the password is one of those that everybody tries first: choose another")
	case isContext(lower, email):
		return errors.New("the password is little more than the e-mail address or the portal's name: choose another")
	}
	return nil
}

// isRepeated reports whether a password is up to four characters again and again, such as 121212121212 or blanks. Beyond
// 32 characters it would take a guess at how often.
func isRepeated(lower string) bool {
	runes := []rune(lower)
	for unit := 1; unit <= 4 && len(runes) <= 32; unit++ {
		if slices.Equal(runes[unit:], runes[:len(runes)-unit]) {
			return true
		}
	}
	return false
}

// contextWords are what anybody would try here first (NIST SP 800-63B, "context-specific words").
var contextWords = []string{"trustly", "portal", "password", "passwort"}

// minBeyondContext is how many letters and digits a password needs beside such words.
const minBeyondContext = 6

// isContext reports whether a password in lower case is little more than words of the e-mail address and the portal.
func isContext(lower, email string) bool {
	words := strings.FieldsFunc(email, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	rest, taken := lower, false
	for _, word := range append(words, contextWords...) {
		if utf8.RuneCountInString(word) > 2 && strings.Contains(rest, word) {
			rest, taken = strings.ReplaceAll(rest, word, " "), true
		}
	}
	left, before := 0, rune(0)
	for _, r := range rest {
		if (unicode.IsLetter(r) || unicode.IsDigit(r)) && r != before && r != before+1 { // 123456 is one more thing to know, not six
			left++
		}
		before = r
	}
	return taken && left < minBeyondContext
}

// commonPasswords holds passwords of 12 characters or more that turn up again and again in published leaks or follow
// from their patterns, one a line, in lower case. Shorter ones fail by their length.
//
//go:embed common-passwords.txt
var commonPasswords string

func isCommon(lower string) bool {
	for line := range strings.Lines(commonPasswords) {
		if strings.TrimSpace(line) == lower {
			return true
		}
	}
	return false
}
