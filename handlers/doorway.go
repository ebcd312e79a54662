package handlers

import (
	"fmt"

	"trustlyportal/auth"
)

// doorway is what the pages of signing in share.
type doorway struct {
	handshakes *auth.Handshakes    // of sign-ins in the middle
	devices    *auth.Devices       // browsers that were here before
	factors    *auth.SecondFactors // beyond the password

	ssoSealer    auth.Sealer // of the provider's tokens
	ssoStrangers *bucket     // whose refusals are recorded
}

func newDoorway(c Config) (d doorway, err error) {
	https := c.BaseURL != nil && c.BaseURL.Scheme == "https"
	if d.handshakes, err = auth.NewHandshakes(c.Keys, https); err != nil {
		return d, fmt.Errorf("sign-in: %w", err)
	}
	if d.devices, err = auth.NewDevices(c.Keys, https, c.Now); err != nil {
		return d, fmt.Errorf("sign-in: %w", err)
	}
	if d.factors, err = auth.NewSecondFactors(c.Store, c.Keys, c.BaseURL, c.Now); err != nil {
		return d, fmt.Errorf("second factors: %w", err)
	}
	d.ssoStrangers = &bucket{}
	if d.ssoSealer, err = c.Keys.Sealer("sso token"); err != nil {
		return d, fmt.Errorf("single sign-on: %w", err)
	}
	return d, nil
}
