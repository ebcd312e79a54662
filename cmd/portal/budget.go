package main

import (
	"context"
	"fmt"

	"trustlyportal/store"
	"trustlyportal/trustlyclient"
)

// shareBudget has requests to the API counted in the database, for all processes that use the same one and the same key.
// Without a limit there is nothing to count.
func shareBudget(ctx context.Context, db *store.DB, api *trustlyclient.Options) error {
	if api.RateLimit == 0 {
		return nil
	}
	budget, err := db.Budget(ctx, api.BaseURL, api.AccessID, api.RateLimit)
	if err != nil {
		return fmt.Errorf("share TRUSTLY_RATE_LIMIT: %w", err)
	}
	api.Meter = budget
	return nil
}
