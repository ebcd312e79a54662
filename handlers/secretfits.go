package handlers

import (
	"context"
	"strconv"

	"trustlyportal/auth"
	"trustlyportal/store"
)

// SecretFits tries the keys on the newest text of each kind that the database keeps sealed, and tells the kinds that they
// open and those that they don't. Both are empty where nothing is sealed.
func SecretFits(ctx context.Context, db *store.DB, keys auth.Keys) (opened, shut []store.SealedKind, err error) {
	newest, err := db.NewestSealed(ctx)
	if err != nil {
		return nil, nil, err
	}
	for _, sealed := range newest {
		fits, err := opens(keys, sealed)
		if err != nil {
			return nil, nil, err
		}
		if fits {
			opened = append(opened, sealed.Kind)
		} else {
			shut = append(shut, sealed.Kind)
		}
	}
	return opened, shut, nil
}

func opens(keys auth.Keys, sealed store.Sealed) (bool, error) {
	var purpose, place string
	switch sealed.Kind {
	case store.SealedExport:
		purpose, place = sealsExports, placeOfPlan(sealed.ID)
	case store.SealedPrivateLink:
		purpose, place = sealsPrivateLinks, sealed.ID
	case store.SealedWorksheet:
		purpose, place = sealsWorksheets, sealed.ID
	case store.SealedAuthenticator:
		userID, err := strconv.ParseInt(sealed.ID, 10, 64)
		if err != nil {
			return false, err
		}
		return keys.OpensAuthenticator(userID, sealed.Text)
	}
	sealer, err := keys.Sealer(purpose)
	if err != nil {
		return false, err
	}
	_, err = sealer.Open(sealed.Text, place)
	return err == nil, nil
}

// What the keys that seal are derived for. Another word would make what is kept unreadable.
const (
	sealsExports      = "export"
	sealsPrivateLinks = "private link"
	sealsWorksheets   = "worksheet"
)
