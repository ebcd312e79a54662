package handlers_test

import (
	"context"
	"flag"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"trustlyportal/handlers"
	"trustlyportal/store"
)

// processes is for all tests of this package: they hold however requests are spread, except for those that count on what
// one process keeps for itself.
var processes = flag.Int("processes", 1, "processes of each portal, which answer in turn")

// atTwoProcesses is the test whose journeys have every other request answered by another process.
const atTwoProcesses = "TestAtTwoProcesses"

// What one process begins another goes on with: no request needs to come back to where the one before it went.
func TestAtTwoProcesses(t *testing.T) {
	t.Parallel()
	for name, journey := range map[string]func(*testing.T){
		"sign in by single sign-on":     TestSignInBySSO,
		"sign out there":                TestBackChannelLogout,
		"sign in with an app":           TestSignInWithAnApp,
		"sign in by passkey":            TestPasskeySignsIn,
		"guess passwords":               TestWrongPasswordsSlowDown,
		"lock somebody out":             TestLockout,
		"revoke":                        TestDoorsShutAtOnce,
		"revoke a token":                TestTokensShutAtOnce,
		"prove who one is":              TestProofForForms,
		"join":                          TestInvitation,
		"page":                          TestNewerLeadsBack,
		"save a view":                   TestSavedView,
		"open a private link":           TestPrivateLinkOpensForWhomItShould,
		"reveal":                        TestRevealShowsOneFieldAndIsOnRecord,
		"export, and download":          TestExportFromFormToFile,
		"wait for one's turn to export": TestExportStates,
		"paste a list":                  TestWorksheetNamesExactly,
	} {
		t.Run(name, journey)
	}
}

// alternating is the portal's web, or, where its test wants several processes, each of them in turn. They share the
// database, the secret and the clock, and nothing else.
func (p *portal) alternating(spawn func(func(context.Context))) http.Handler {
	n := *processes
	if strings.HasPrefix(p.t.Name(), atTwoProcesses+"/") {
		n = 2
	}
	webs := []http.Handler{p.web}
	for len(webs) < n {
		db, err := store.Open(p.t.Context(), p.database)
		if err != nil {
			p.t.Fatal(err)
		}
		p.t.Cleanup(func() { _ = db.Close() })
		config := p.process(db)
		config.Go = spawn
		web, err := handlers.New(config)
		if err != nil {
			p.t.Fatal(err)
		}
		webs = append(webs, web)
	}
	var turn atomic.Int64
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		webs[int(turn.Add(1))%len(webs)].ServeHTTP(w, r)
	})
}
