package auth

// authenticatorPurpose is what the keys are derived for that seal secrets of authenticator apps. Another word would make
// what is kept unreadable.
const authenticatorPurpose = "authenticator secret"

// OpensAuthenticator reports whether the keys open the sealed secret of a user's authenticator app.
func (k Keys) OpensAuthenticator(userID int64, sealed []byte) (bool, error) {
	sealer, err := k.Sealer(authenticatorPurpose)
	if err != nil {
		return false, err
	}
	_, err = sealer.Open(sealed, offerPlace(Identity{User: User{ID: userID}}))
	return err == nil, nil
}
