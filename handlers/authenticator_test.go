package handlers_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
)

// appCode is what an authenticator app shows.
func appCode(t testing.TB, secret string, at time.Time) string {
	t.Helper()
	code, err := totp.GenerateCode(secret, at)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// softKey is an authenticator of the test's own, which may lie in any of its fields.
type softKey struct {
	id       []byte
	key      *ecdsa.PrivateKey
	handle   string // base64url
	origin   string
	counter  uint32
	p        *portal // whose clock it moves
	verified bool    // it asked for a PIN
}

func newSoftKey(p *portal, origin string) *softKey {
	t := p.t
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	id := make([]byte, 16)
	_, _ = rand.Read(id)
	return &softKey{p: p, id: id, key: key, origin: origin, verified: true}
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func (k *softKey) clientData(kind, challenge string) []byte {
	b, err := json.Marshal(map[string]any{"type": kind, "challenge": challenge, "origin": k.origin, "crossOrigin": false})
	if err != nil {
		panic(err)
	}
	return b
}

// authData is the authenticator data, with what it adds when a key is made.
func (k *softKey) authData(more []byte) []byte {
	host := mustURL(k.origin).Hostname()
	hash := sha256.Sum256([]byte(host))
	flags := byte(0x01) // present
	if k.verified {
		flags |= 0x04
	}
	if len(more) > 0 {
		flags |= 0x40
	}
	data := append(hash[:], flags)
	data = binary.BigEndian.AppendUint32(data, k.counter)
	return append(data, more...)
}

// made is the answer to a page that adds a passkey, in CBOR written by hand.
func (k *softKey) made(t testing.TB, challenge string) string {
	t.Helper()
	public, err := k.key.PublicKey.Bytes() // 4, X, Y
	if err != nil {
		t.Fatal(err)
	}
	cose := append([]byte{0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20}, public[1:33]...)
	cose = append(append(cose, 0x22, 0x58, 0x20), public[33:]...)
	more := binary.BigEndian.AppendUint16(make([]byte, 16), uint16(len(k.id)))
	data := k.authData(append(append(more, k.id...), cose...))
	object := append([]byte("\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x59"), byte(len(data)>>8), byte(len(data)))
	return k.answer(map[string]any{
		"clientDataJSON": b64(k.clientData("webauthn.create", challenge)), "attestationObject": b64(append(object, data...)), "transports": []string{"usb"},
	})
}

// used is the answer to a page that asks for a passkey. The counter goes up.
func (k *softKey) used(t testing.TB, challenge string) string {
	t.Helper()
	k.counter++
	client, data := k.clientData("webauthn.get", challenge), k.authData(nil)
	hash := sha256.Sum256(client)
	digest := sha256.Sum256(append(append([]byte{}, data...), hash[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, k.key, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	response := map[string]any{"clientDataJSON": b64(client), "authenticatorData": b64(data), "signature": b64(signature)}
	if k.handle != "" {
		response["userHandle"] = k.handle
	}
	return k.answer(response)
}

func (k *softKey) answer(response map[string]any) string {
	b, err := json.Marshal(map[string]any{"id": b64(k.id), "rawId": b64(k.id), "type": "public-key", "response": response, "clientExtensionResults": map[string]any{}})
	if err != nil {
		panic(err)
	}
	return string(b)
}

// challenge asks for something to sign. A passkey takes no two of the same millisecond.
func (b *browser) challenge(p *portal) (challenge, ticket string) {
	b.t.Helper()
	p.clock.advance(time.Millisecond)
	var got struct{ Challenge, Ticket string }
	a := b.post("/login/challenge", nil).want(http.StatusOK)
	if err := json.Unmarshal([]byte(a.body), &got); err != nil || len(got.Challenge) < 43 {
		b.t.Fatalf("challenge: got %q, %v", a.body, err)
	}
	return got.Challenge, got.Ticket
}

// addKey adds a passkey to the account of whoever is signed in.
func (b *browser) addKey(k *softKey, name string) answer {
	b.t.Helper()
	options, _ := b.get("/account/security").want(http.StatusOK).doc().Find("form[data-passkey=create]").Attr("data-options")
	var parsed struct{ User struct{ ID string } }
	if err := json.Unmarshal([]byte(options), &parsed); err != nil {
		b.t.Fatalf("options %q: %v", options, err)
	}
	k.handle = parsed.User.ID
	challenge, ticket := b.challenge(k.p)
	return b.post("/account/security/passkeys", url.Values{"ticket": {ticket}, "credential": {k.made(b.t, challenge)}, "name": {name}})
}

// useKey answers a form that asks for a passkey.
func (b *browser) useKey(path, prefix string, k *softKey, more url.Values) answer {
	b.t.Helper()
	challenge, ticket := b.challenge(k.p)
	form := url.Values{prefix + "with": {"passkey"}, prefix + "ticket": {ticket}, prefix + "credential": {k.used(b.t, challenge)}}
	maps.Copy(form, more)
	return b.post(path, form)
}

// addApp adds an authenticator app to the account of whoever is signed in, and returns its secret and the recovery codes
// that came with it.
func (b *browser) addApp(p *portal) (secret string, codes []string) {
	b.t.Helper()
	page := b.get("/account/security/authenticator").want(http.StatusOK).doc()
	ticket, _ := page.Find("input[name=ticket]").Attr("value")
	secret = compact(page.Find("#app-key").Text())
	done := b.post("/account/security/authenticator", url.Values{"ticket": {ticket}, "code": {appCode(b.t, secret, p.clock.now())}})
	if done.status == http.StatusSeeOther {
		return secret, nil
	}
	for _, code := range done.want(http.StatusOK).doc().Find("#recovery-codes code").EachIter() {
		codes = append(codes, code.Text())
	}
	return secret, codes
}
