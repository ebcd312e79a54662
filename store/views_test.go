package store

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"trustlyportal/auth"
)

// names are what a reader is shown, in its order.
func names(t *testing.T, db *DB, reader auth.User) []string {
	t.Helper()
	views, err := db.Views(t.Context(), reader.ID)
	if err != nil {
		t.Fatal(err)
	}
	all := []string{}
	for _, v := range views {
		all = append(all, v.Name)
	}
	return all
}

func save(t *testing.T, db *DB, owner auth.User, v SavedView) string {
	t.Helper()
	ids, err := db.SaveViews(t.Context(), owner.ID, []SavedView{v}, false)
	if err != nil {
		t.Fatal(err)
	}
	return ids[0]
}

func testSavedViews(t *testing.T, db *DB) {
	ctx := t.Context()
	db.now = func() time.Time { return noon }
	ada, bob := addUser(t, db, "ada@example.com", auth.Support), addUser(t, db, "bob@example.com", auth.Finance)
	a := save(t, db, ada, SavedView{Name: "a", Query: "tz=UTC"})
	b := save(t, db, ada, SavedView{Name: "b’s “view”", Query: "count=3&tz=UTC", Shared: true})
	own := save(t, db, bob, SavedView{Name: "a", Query: "count=7"}) // names are the owner's

	want := SavedView{ID: b, OwnerID: ada.ID, Owner: ada.Email, Name: "b’s “view”", Query: "count=3&tz=UTC", Shared: true, CreatedAt: noon}
	if got, err := db.View(ctx, bob.ID, b); err != nil || cmp.Diff(want, got) != "" {
		t.Errorf("View of another's shared one: %v, (-want +got):\n%s", err, cmp.Diff(want, got))
	}
	for id, reader := range map[string]auth.User{a: bob, own: ada, "nothing": ada} {
		if _, err := db.View(ctx, reader.ID, id); !errors.Is(err, ErrNotFound) {
			t.Errorf("View %s for %s: got error %v, want ErrNotFound", id, reader.Email, err)
		}
	}
	for reader, want := range map[auth.User][]string{ada: {"a", "b’s “view”"}, bob: {"a", "b’s “view”"}} {
		if got := names(t, db, reader); !slices.Equal(got, want) {
			t.Errorf("Views for %s: got %q, want %q", reader.Email, got, want)
		}
	}
	later := noon.Add(time.Hour)
	for _, at := range []time.Time{later, noon} {
		if err := db.UseView(ctx, b, at); err != nil {
			t.Fatal(err)
		}
	}
	if got, _ := db.View(ctx, ada.ID, b); !got.UsedAt.Equal(later) {
		t.Errorf("UsedAt: got %v, want %v", got.UsedAt, later)
	}

	if _, err := db.SaveViews(ctx, ada.ID, []SavedView{{Name: "new"}, {Name: "a", Query: "x"}}, false); !errors.Is(err, ErrConflict) {
		t.Errorf("SaveViews with a name that is taken: got error %v, want ErrConflict", err)
	}
	if got := names(t, db, ada); len(got) != 2 {
		t.Errorf("after a refused save: got %q, want nothing of it saved", got)
	}
	ids, err := db.SaveViews(ctx, ada.ID, []SavedView{{Name: "new"}, {Name: "a", Query: "count=9", Shared: true}}, true)
	if err != nil || ids[1] != a {
		t.Fatalf("SaveViews that replaces: got %q, %v, want the second to keep the id %s", ids, err, a)
	}
	if got, _ := db.View(ctx, bob.ID, a); got.Query != "count=9" || !got.Shared {
		t.Errorf("replaced: got %+v, want another query, shared", got)
	}
	if _, err := db.SaveViews(ctx, 99, []SavedView{{Name: "x"}}, false); !errors.Is(err, ErrNotFound) {
		t.Errorf("SaveViews for nobody: got error %v, want ErrNotFound", err)
	}

	if err := db.RenameView(ctx, a, "b’s “view”"); !errors.Is(err, ErrConflict) {
		t.Errorf("RenameView to a name that is taken: got error %v, want ErrConflict", err)
	}
	if err := db.RenameView(ctx, a, "renamed"); err != nil {
		t.Fatal(err)
	}
	if err := db.ShareView(ctx, b, false); err != nil {
		t.Fatal(err)
	}
	if got, want := names(t, db, bob), []string{"a", "renamed"}; !slices.Equal(got, want) {
		t.Errorf("Views for bob after renaming and unsharing: got %q, want %q", got, want)
	}
	for name, err := range map[string]error{
		"RenameView": db.RenameView(ctx, "nothing", "x"), "ShareView": db.ShareView(ctx, "nothing", true), "DeleteView": db.DeleteView(ctx, "nothing"),
		"SetDefaultView": db.SetDefaultView(ctx, ada.ID, "nothing"), "MoveView": db.MoveView(ctx, bob.ID, a, 1),
	} {
		if !errors.Is(err, ErrNotFound) {
			t.Errorf("%s of none of theirs: got error %v, want ErrNotFound", name, err)
		}
	}
}

func testOrderOfViews(t *testing.T, db *DB) {
	ada := addUser(t, db, "ada@example.com", auth.Support)
	ids := map[string]string{}
	for _, name := range []string{"a", "b", "c", "d"} {
		ids[name] = save(t, db, ada, SavedView{Name: name})
	}
	for _, s := range []struct {
		name string
		by   int
		want []string
	}{
		{"c", -1, []string{"a", "c", "b", "d"}}, {"a", -1, []string{"a", "c", "b", "d"}}, {"a", 1, []string{"c", "a", "b", "d"}},
		{"d", 1, []string{"c", "a", "b", "d"}}, {"d", -100, []string{"d", "c", "a", "b"}},
	} {
		if err := db.MoveView(t.Context(), ada.ID, ids[s.name], s.by); err != nil {
			t.Fatal(err)
		}
		if got := names(t, db, ada); !slices.Equal(got, s.want) {
			t.Errorf("%s moved by %d: got %q, want %q", s.name, s.by, got, s.want)
		}
	}
	if err := db.DeleteView(t.Context(), ids["c"]); err != nil {
		t.Fatal(err)
	}
	save(t, db, ada, SavedView{Name: "e"})
	if got, want := names(t, db, ada), []string{"d", "a", "b", "e"}; !slices.Equal(got, want) {
		t.Errorf("after deleting and adding: got %q, want %q", got, want)
	}
}

func testDefaultView(t *testing.T, db *DB) {
	ctx := t.Context()
	ada, bob := addUser(t, db, "ada@example.com", auth.Support), addUser(t, db, "bob@example.com", auth.Support)
	first, second := save(t, db, ada, SavedView{Name: "first", Shared: true}), save(t, db, ada, SavedView{Name: "second"})
	want := func(reader auth.User, id string) {
		t.Helper()
		u, err := db.UserByEmail(ctx, reader.Email)
		if err != nil || u.StartView != id {
			t.Errorf("start of %s: got %q, %v, want %q", reader.Email, u.StartView, err, id)
		}
		views, err := db.Views(ctx, reader.ID)
		for _, v := range views {
			if v.Default != (v.ID == id) {
				t.Errorf("view %s of %s: got default %t, want the default %q", v.ID, reader.Email, v.Default, id)
			}
		}
		if err != nil {
			t.Error(err)
		}
	}
	set := func(reader auth.User, id string) {
		t.Helper()
		if err := db.SetDefaultView(ctx, reader.ID, id); err != nil {
			t.Fatal(err)
		}
	}
	want(ada, "")
	set(ada, second)
	set(ada, first)
	set(bob, first)
	want(ada, first)
	want(bob, first)
	if err := db.ShareView(ctx, first, false); err != nil {
		t.Fatal(err)
	}
	want(bob, "") // no longer shared
	want(ada, first)
	set(ada, "")
	want(ada, "")
	set(ada, second)
	if err := db.DeleteView(ctx, second); err != nil {
		t.Fatal(err)
	}
	want(ada, "")
}

func testTooManyViews(t *testing.T, db *DB) {
	ctx := t.Context()
	ada := addUser(t, db, "ada@example.com", auth.Support)
	var many []SavedView
	for i := range MaxViews {
		many = append(many, SavedView{Name: fmt.Sprint(i)})
	}
	if _, err := db.SaveViews(ctx, ada.ID, many, false); err != nil {
		t.Fatal(err)
	}
	if _, err := db.SaveViews(ctx, ada.ID, []SavedView{{Name: "one more"}}, false); !errors.Is(err, ErrTooMany) {
		t.Errorf("one more view: got error %v, want ErrTooMany", err)
	}
	if _, err := db.SaveViews(ctx, ada.ID, many[:3], true); err != nil {
		t.Errorf("replacing: got error %v, want none", err)
	}
	if got := names(t, db, ada); len(got) != MaxViews {
		t.Errorf("got %d views, want %d", len(got), MaxViews)
	}
}

func testPrivateLinks(t *testing.T, db *DB) {
	ctx := t.Context()
	now := noon
	db.now = func() time.Time { return now }
	addUser(t, db, "root@example.com", auth.Admin)
	ada, bob := addUser(t, db, "ada@example.com", auth.Support), addUser(t, db, "bob@example.com", auth.Support)
	idle := noon.Add(-time.Hour)
	team := PrivateLink{Token: "TEAM", OwnerID: ada.ID, Query: "private=TEAM", Sealed: []byte("\x00sealed\xff"), CreatedAt: noon}
	mine := PrivateLink{Token: "MINE", OwnerID: ada.ID, Sealed: []byte("x"), OnlyMaker: true, CreatedAt: noon}
	for _, l := range []PrivateLink{team, mine} {
		if err := db.KeepPrivateLink(ctx, l); err != nil {
			t.Fatal(err)
		}
	}
	opens := func(reader auth.User, token string, idle time.Time, want bool) {
		t.Helper()
		_, err := db.PrivateLink(ctx, reader.ID, token, idle)
		if (err == nil) != want || err != nil && !errors.Is(err, ErrNotFound) {
			t.Errorf("%s for %s: got error %v, want it to open: %v", token, reader.Email, err, want)
		}
	}
	if got, err := db.PrivateLink(ctx, bob.ID, "TEAM", idle); err != nil || cmp.Diff(team, got) != "" {
		t.Errorf("PrivateLink: %v, (-want +got):\n%s", err, cmp.Diff(team, got))
	}
	opens(ada, "MINE", idle, true)
	opens(bob, "MINE", idle, false)
	opens(ada, "NONE", idle, false)
	opens(ada, "TEAM", noon, true)
	opens(ada, "TEAM", noon.Add(time.Millisecond), false) // idle for too long

	for _, at := range []time.Duration{time.Minute, 90 * time.Second, 3 * time.Minute} {
		if err := db.UsePrivateLink(ctx, "TEAM", noon.Add(at), noon.Add(at-time.Minute)); err != nil {
			t.Fatal(err)
		}
	}
	links, err := db.PrivateLinks(ctx, ada.ID, idle)
	if err != nil || len(links) != 2 {
		t.Fatalf("PrivateLinks: got %+v, %v, want two", links, err)
	}
	team.Uses, team.UsedAt = 2, noon.Add(3*time.Minute)
	if i := slices.IndexFunc(links, func(l PrivateLink) bool { return l.Token == "TEAM" }); cmp.Diff(team, links[i]) != "" {
		t.Errorf("a used link (-want +got):\n%s", cmp.Diff(team, links[i]))
	}

	if err := db.RevokePrivateLink(ctx, bob.ID, "TEAM"); !errors.Is(err, ErrNotFound) {
		t.Errorf("revoking another's: got error %v, want ErrNotFound", err)
	}
	opens(bob, "TEAM", idle, true)
	if err := db.RevokePrivateLink(ctx, ada.ID, "TEAM"); err != nil {
		t.Fatal(err)
	}
	opens(ada, "TEAM", idle, false)
	if err := db.DeleteIdlePrivateLinks(ctx, noon.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	opens(ada, "MINE", idle, false)

	again := PrivateLink{Token: "AGAIN", OwnerID: ada.ID, Sealed: []byte("x")}
	if err := db.KeepPrivateLink(ctx, again); err != nil {
		t.Fatal(err)
	}
	opens(bob, "AGAIN", idle, true)
	if err := db.SetDisabled(ctx, ada.ID, true); err != nil {
		t.Fatal(err)
	}
	opens(bob, "AGAIN", idle, false) // nobody could revoke it any more
}

// The personal values of a saved view are open to whom the view is open, and go with it.
func testPrivateLinkOfView(t *testing.T, db *DB) {
	ctx := t.Context()
	ada, bob := addUser(t, db, "ada@example.com", auth.Support), addUser(t, db, "bob@example.com", auth.Support)
	id := save(t, db, ada, SavedView{Name: "v", Query: "private=TOKEN", Link: PrivateLink{Token: "TOKEN", Sealed: []byte("sealed")}})
	opens := func(reader auth.User, token string, want bool) {
		t.Helper()
		_, err := db.PrivateLink(ctx, reader.ID, token, time.Now().Add(time.Hour))
		if (err == nil) != want || err != nil && !errors.Is(err, ErrNotFound) {
			t.Errorf("%s for %s: got error %v, want it to open: %v", token, reader.Email, err, want)
		}
	}
	opens(ada, "TOKEN", true)
	opens(bob, "TOKEN", false)
	if err := db.ShareView(ctx, id, true); err != nil {
		t.Fatal(err)
	}
	opens(bob, "TOKEN", true)
	if err := db.SetDisabled(ctx, ada.ID, true); err != nil {
		t.Fatal(err)
	}
	opens(bob, "TOKEN", true) // the view is still there, and an administrator may delete it
	if got, err := db.View(ctx, bob.ID, id); err != nil || got.Link.Token != "TOKEN" || string(got.Link.Sealed) != "sealed" || got.Link.OnlyMaker {
		t.Errorf("View: got %+v, %v, want its link", got, err)
	}
	if links, err := db.PrivateLinks(ctx, ada.ID, time.Time{}); err != nil || len(links) != 0 {
		t.Errorf("PrivateLinks: got %+v, %v, want none of its own", links, err)
	}
	if err := db.RevokePrivateLink(ctx, ada.ID, "TOKEN"); !errors.Is(err, ErrNotFound) {
		t.Errorf("revoking a view's link: got error %v, want ErrNotFound: it goes with the view", err)
	}
	if err := db.DeleteIdlePrivateLinks(ctx, time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	opens(ada, "TOKEN", true)
	if _, err := db.SaveViews(ctx, ada.ID, []SavedView{{Name: "v", Query: "private=OTHER", Shared: true, Link: PrivateLink{Token: "OTHER"}}}, true); err != nil {
		t.Fatal(err)
	}
	opens(ada, "TOKEN", false)
	opens(bob, "OTHER", true)
	if err := db.ShareView(ctx, id, false); err != nil {
		t.Fatal(err)
	}
	opens(bob, "OTHER", false)
	if err := db.DeleteView(ctx, id); err != nil {
		t.Fatal(err)
	}
	opens(ada, "OTHER", false)
}
