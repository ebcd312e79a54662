package auth

import (
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"fmt"
)

// ErrSealed is the answer to a text sealed under other keys, for another purpose or place, or changed since.
var ErrSealed = errors.New("auth: a sealed text can't be opened")

const sealKeySize = 32 // AES-256

// Sealer encrypts what the database keeps of personal data. It is made by [Keys.Sealer] and safe for concurrent use.
type Sealer struct {
	aeads []cipher.AEAD // the current secret's first
}

// Sealer returns what seals texts for one purpose. What was sealed under an older secret can still be opened while
// that secret is in PORTAL_SECRET.
func (k Keys) Sealer(purpose string) (Sealer, error) {
	keys, err := k.Derive(purpose, sealKeySize)
	if err != nil {
		return Sealer{}, err
	}
	var s Sealer
	for _, key := range keys {
		block, err := aes.NewCipher(key)
		if err != nil {
			return Sealer{}, fmt.Errorf("sealer for %s: %w", purpose, err)
		}
		aead, err := cipher.NewGCMWithRandomNonce(block)
		if err != nil {
			return Sealer{}, fmt.Errorf("sealer for %s: %w", purpose, err)
		}
		s.aeads = append(s.aeads, aead)
	}
	return s, nil
}

// Seal encrypts text with AES-256-GCM under a random nonce, 28 bytes longer. It opens only with the same place, such
// as the id of its row, so that sealed texts can't be swapped.
func (s Sealer) Seal(text []byte, place string) []byte {
	return s.aeads[0].Seal(nil, nil, text, []byte(place)) //nolint:gosec // no nonce is given because this AEAD draws its own
}

// Open decrypts what Seal made, or returns [ErrSealed].
func (s Sealer) Open(sealed []byte, place string) ([]byte, error) {
	for _, aead := range s.aeads {
		if text, err := aead.Open(nil, nil, sealed, []byte(place)); err == nil {
			return text, nil
		}
	}
	return nil, ErrSealed
}
