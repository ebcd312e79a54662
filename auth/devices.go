package auth

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"
)

// Devices remember in a cookie of the browser which accounts have signed in from it. The cookie opens nothing: it only
// tells an account's owner from the strangers who try passwords, so that those can't keep the owner waiting. See
// [Doors.CheckPasswordFrom].
//
// The cookie is sealed, holds a random number of the browser's and goes to the sign-in pages alone. Wrong passwords
// count against that number, so that a stolen cookie buys a few tries, too, and no more.
type Devices struct {
	sealer Sealer
	https  bool
	now    func() time.Time
}

const (
	deviceCookie = "portal_device"
	devicePath   = "/login"
	devicePlace  = "cookie"

	// deviceAge is how long a browser is known without a sign-in. Browsers keep no cookie longer.
	deviceAge = 400 * 24 * time.Hour

	// maxDeviceAccounts share a browser, the newest first. It keeps the cookie well below 4 kB.
	maxDeviceAccounts = 6
)

// device is what the cookie holds.
type device struct {
	ID       string          `json:"id"`
	Accounts []deviceAccount `json:"accounts"`
}

type deviceAccount struct {
	Email string `json:"email"`
	At    int64  `json:"at"` // last sign-in, Unix seconds
}

// NewDevices derives the cookie's key; https makes it Secure.
func NewDevices(keys Keys, https bool, now func() time.Time) (*Devices, error) {
	sealer, err := keys.Sealer("known device")
	if err != nil {
		return nil, err
	}
	return &Devices{sealer: sealer, https: https, now: now}, nil
}

// Known returns what to call the browser if the account has signed in from it, else "".
func (d *Devices) Known(r *http.Request, email string) string {
	email = NormalizeEmail(email)
	kept := d.read(r)
	for _, a := range kept.Accounts {
		if a.Email == email && d.now().Sub(time.Unix(a.At, 0)) < deviceAge {
			return kept.ID
		}
	}
	return ""
}

// Remember notes in the browser that the account has signed in from it, just now.
func (d *Devices) Remember(rw http.ResponseWriter, r *http.Request, email string) error {
	kept := d.read(r)
	if kept.ID == "" {
		kept.ID = rand.Text()
	}
	email = NormalizeEmail(email)
	kept.Accounts = slices.DeleteFunc(kept.Accounts, func(a deviceAccount) bool { return a.Email == email })
	kept.Accounts = slices.Insert(kept.Accounts, 0, deviceAccount{Email: email, At: d.now().Unix()})
	kept.Accounts = kept.Accounts[:min(len(kept.Accounts), maxDeviceAccounts)]
	text, err := json.Marshal(kept)
	if err != nil {
		return fmt.Errorf("remember the device: %w", err)
	}
	http.SetCookie(rw, &http.Cookie{ //nolint:gosec // Secure wherever the portal is reached by https
		Name: CookieName(deviceCookie, devicePath, d.https), Value: base64.RawURLEncoding.EncodeToString(d.sealer.Seal(text, devicePlace)),
		Path: devicePath, MaxAge: int(deviceAge.Seconds()), HttpOnly: true, Secure: d.https, SameSite: http.SameSiteLaxMode,
	})
	return nil
}

// read returns what the cookie holds; nothing if there is none or it is not ours.
func (d *Devices) read(r *http.Request) (kept device) {
	cookie, err := r.Cookie(CookieName(deviceCookie, devicePath, d.https))
	if err != nil {
		return device{}
	}
	sealed, err := base64.RawURLEncoding.DecodeString(cookie.Value)
	if err != nil {
		return device{}
	}
	text, err := d.sealer.Open(sealed, devicePlace)
	if err != nil || json.Unmarshal(text, &kept) != nil {
		return device{}
	}
	return kept
}
