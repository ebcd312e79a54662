package handlers_test

import (
	"context"
	"testing"

	"trustlyportal/store"
	"trustlyportal/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// databases are those of the portals under test.
var databases = storetest.Template{Fill: func(ctx context.Context, url string) error {
	_, _, err := store.Migrate(ctx, url)
	return err
}}
