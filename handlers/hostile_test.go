package handlers_test

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"

	"trustlyportal/auth"
)

// hostile is what people and their systems put into names and references.
var hostile = []string{
	`<script id=pwned>alert(1)</script>`,
	`"><img id=pwned src=x onerror=alert(1)>`,
	`' onmouseover='alert(1)' x='`,
	"`${alert(1)}`{{7*7}}",
	`</title></textarea></pre></code><h1 id=pwned>x</h1>`,
	`javascript:alert(1)`,
	`&lt;b&gt;&#60;&amp;`,
	"\u202Eevil\u202C gnp.exe",
	"שלום עולם العربية",
	"👩‍👩‍👧‍👦 family 🏳️‍🌈",
	"line\u2028separator\u2029paragraph",
	"a\x00b\x01c\x1b[31md\x7fe\u0085f",
	"tab\tnew\nline\r\nend",
	`=HYPERLINK("http://evil.example","x")`,
	"+1+cmd|' /C calc'!A0",
	"-2+3+cmd|' /C calc'!A0",
	"@SUM(1+1)",
	"\t=1+1", "\r=1+1", " =1+1", "\u200b=1+1", "＝1+1",
	`a,b;c"d""e`,
	strings.Repeat("W", 200),
	strings.Repeat("é̂", 100),
	"-->]]><!--", `\u003cscript\u003e`, "%3Cscript%3E",
}

// hostileRecords put each of the texts into every field that holds text.
func hostileRecords() []record {
	rows := madeUp(21, len(hostile), time.Millisecond)
	for i, text := range hostile {
		rec := rows[i]
		rec["merchantReference"], rec["statusMessage"], rec["currency"] = text, text, text
		rec["unheardOf"], rec[text] = record{text: text}, text
		rec["amount"] = "-12.50"
		if i%3 == 0 {
			rec["amount"], rec["status"], rec["transactionType"], rec["createdAtText"] = text, text, text, text
			rec["processedAt"], rec["ip"] = text, text
		}
		provider := rec["paymentProviderTransaction"].(record)
		provider["status"], provider["statusMessage"], provider["paymentProviderTransactionId"] = text, text, text
		payment := rec["payment"].(record)
		payment["merchantReference"], payment["description"], payment["returnUrl"] = text, text, text
		payment["customer"] = record{"name": text, "externalId": text, "vip": text, "email": text, "phone": text, "address": record{"city": text, "address1": text}}
		payment["paymentProvider"].(record)["name"] = text
		payment["account"].(record)["accountNumber"] = text
		payment["account"].(record)["name"] = text
	}
	return rows
}

// harmless fails on anything in a page that a browser could run, load from elsewhere or mistake for the page's own.
func harmless(t *testing.T, a answer) *goquery.Document {
	t.Helper()
	doc := a.doc()
	if n := doc.Find("#pwned").Length(); n > 0 {
		t.Errorf("%s: markup from the data became part of the page", a.request)
	}
	allowed := []string{"html", "head", "meta", "title", "link", "script", "body", "a", "header", "span", "form", "label", "i", "svg", "input", "kbd", "nav", "details", "summary",
		"bdi", "div", "p", "br", "button", "main", "footer", "dialog", "h1", "h2", "h3", "dl", "dt", "dd", "ul", "li", "fieldset", "legend", "small", "datalist", "option", "select",
		"table", "caption", "thead", "tbody", "tr", "th", "td", "strong", "time", "section", "code", "pre", "ol", "textarea", "rect", "template", "noscript", "slot"}
	doc.Find("*").Each(func(_ int, s *goquery.Selection) {
		node := s.Get(0)
		if !slices.Contains(allowed, node.Data) {
			t.Errorf("%s: got an element <%s>, which no page of the portal has", a.request, node.Data)
		}
		if node.Data == "script" && s.Text() != "" {
			t.Errorf("%s: got a script inside the page: %q", a.request, s.Text())
		}
		if node.Data == "noscript" && s.Text() != "<!-- " && s.Text() != " -->" {
			t.Errorf("%s: got %q for browsers without scripts, want the marks of a part that comes later", a.request, s.Text())
		}
		for _, attr := range node.Attr {
			key, value := strings.ToLower(attr.Key), strings.TrimSpace(attr.Val)
			switch {
			case strings.HasPrefix(key, "on"), key == "style", key == "srcdoc", strings.HasPrefix(key, "hx-on"):
				t.Errorf("%s: got the attribute %s=%q on <%s>", a.request, key, value, node.Data)
			case key == "href" || key == "src" || key == "action" || key == "hx-get":
				if !strings.HasPrefix(value, "/") && !strings.HasPrefix(value, "#") || strings.HasPrefix(value, "//") || strings.HasPrefix(value, `/\`) {
					t.Errorf("%s: got %s=%q on <%s>, want an address of the portal", a.request, key, value, node.Data)
				}
			}
		}
	})
	if strings.ContainsRune(a.body, 0) {
		t.Errorf("%s: got a null byte in the page", a.request)
	}
	if got := a.header.Get("Content-Security-Policy"); strings.Contains(got, "unsafe") || !strings.Contains(got, "default-src 'none'") {
		t.Errorf("%s: got the policy %q, want one that allows nothing inline", a.request, got)
	}
	return doc
}

// isolates are texts between the marks of search.Isolate.
var isolates = regexp.MustCompile("\u2068[^\u2068\u2069]*\u2069")

// isolated reports whether text that runs from right to left stays within its element.
func isolated(node *html.Node) bool {
	for n := node.Parent; n != nil; n = n.Parent {
		switch n.Data {
		case "bdi", "pre", "textarea", "title", "option":
			return true
		case "td", "th", "dt", "dd", "p", "li", "label": // a block: the direction ends with it
			return strings.TrimSpace(goquery.NewDocumentFromNode(n).Text()) == strings.TrimSpace(node.Data)
		}
		for _, attr := range n.Attr {
			if attr.Key == "dir" && attr.Val == "auto" || attr.Key == "id" && attr.Val == "raw-json" { // whose lines are preformatted
				return true
			}
		}
	}
	return false
}

// strays are the texts of a page that turn the direction of what stands around them.
func strays(doc *goquery.Document) []string {
	var found []string
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.TextNode && strings.ContainsAny(isolates.ReplaceAllString(n.Data, ""), "\u202E\u05E9\u0627") && !isolated(n) {
			found = append(found, strings.TrimSpace(n.Data))
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	for _, n := range doc.Nodes {
		walk(n)
	}
	return found
}

// shown is a text as HTML can show it: parsers know no null bytes and one kind of line end.
func shown(text string) string { return strings.Join(strings.Fields(printable(text)), " ") }

// readable is a selection's text as shown.
func readable(s *goquery.Selection) string {
	return shown(strings.NewReplacer("\u2068", "", "\u2069", "").Replace(s.Text()))
}

// printable leaves out what no page can show.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == '\uFFFD' || r == 0x7f {
			return -1
		}
		return r
	}, text)
}

func TestHostileDataIsHarmless(t *testing.T) {
	t.Parallel()
	rows := hostileRecords()
	p := open(t, newFake(t, rows))
	b := p.as(auth.Finance)
	columns := "transactionId,payment.customer.name,reference,bankAccount,statusMessage,paymentProviderTransaction.status,payment.description,currency,amount,status,transactionType,processedAt,ip"
	for _, view := range []string{"count=100&sortOrder=asc&columns=" + columns, "count=100&sortOrder=asc&columns=all", "count=100&sortOrder=asc"} {
		for _, headers := range [][]string{nil, {"HX-Request", "true"}} {
			a, _ := b.visit("/transactions?"+view, headers...)
			doc := harmless(t, a.want(http.StatusOK))
			if got := doc.Find("table.list tbody tr").Length(); got != len(hostile) {
				t.Errorf("%s: got %d rows, want %d", view, got, len(hostile))
			}
			if got := strays(doc); len(got) > 0 {
				t.Errorf("%s: text that runs from right to left is not isolated: %q", view, got)
			}
			text := readable(doc.Find("table.list"))
			for _, name := range hostile {
				if !strings.Contains(text, shown(name)) {
					t.Errorf("%s: the name %q is not shown as it is", view, name)
				}
			}
		}
	}
	for i, rec := range rows {
		a := b.get("/transactions/" + textAt(rec, "transactionId")).want(http.StatusOK)
		doc := harmless(t, a)
		if got := strays(doc); len(got) > 0 {
			t.Errorf("record with %q: text that runs from right to left is not isolated: %q", hostile[i], got)
		}
		if got := readable(doc.Find("main")); !strings.Contains(got, shown(hostile[i])) {
			t.Errorf("record with %q: the name is not shown as it is", hostile[i])
		}
	}
}

// What is sent to the portal comes back as harmless as what the API sends.
func TestHostileRequestsAreHarmless(t *testing.T) {
	t.Parallel()
	api := newFake(t, madeUp(22, 3, time.Millisecond))
	p := open(t, api)
	b := p.as(auth.Finance)
	for i, text := range hostile {
		value := url.QueryEscape(text)
		for j, path := range []string{
			"/transactions?payment.customer.name=" + value, "/transactions?payment.description=" + value, // refused or searched for
			"/transactions?transactionType=" + value, "/transactions?createdAt.start=" + value, "/transactions?tz=" + value, "/transactions?columns=" + value,
			"/transactions?" + value + "=1", "/transactions?amount.min=" + value + "&ipAddr=" + value + "&after=" + value, "/transactions?" + value + "=" + value,
			"/transactions.csv?transactionType=" + value, "/find?q=" + value, "/transactions/" + url.PathEscape(text), "/" + url.PathEscape(text), "/login?next=" + value,
			"/transactions/700000001?tz=" + value,
		} {
			for _, headers := range [][]string{nil, {"HX-Request", "true", "Referer", b.url + "/transactions?payment.customer.name=" + value}} {
				if !*thorough && ((i+j)%3 > 0) == (headers == nil) { // a third of the pages whole, for they are long
					continue
				}
				a, _ := b.visit(path, headers...)
				if a.status >= http.StatusInternalServerError {
					t.Errorf("%s: got status %d, want the portal to bear it", path, a.status)
				}
				doc := harmless(t, a)
				if got := strays(doc); len(got) > 0 {
					t.Errorf("%s: text that runs from right to left is not isolated: %q", path, got)
				}
			}
		}
		harmless(t, p.stranger().get("/login?next="+value))
	}
	// The sign-in page repeats the address that was typed.
	for _, text := range hostile[:6] {
		harmless(t, p.stranger().post("/login", url.Values{"email": {text}, "password": {text}, "next": {text}}))
	}
	// An error page repeats what the API says.
	for _, text := range hostile {
		api.set(func(f *fakeAPI) {
			f.instead = func(_ int, w http.ResponseWriter, _ *http.Request) bool {
				refuse(w, http.StatusBadRequest, 330, text)
				return true
			}
		})
		a := b.get("/transactions").want(http.StatusBadGateway)
		doc := harmless(t, a)
		if got := readable(doc.Find("main")); !strings.Contains(got, shown(text)) {
			t.Errorf("the API's message %q is not shown as it is: %q", text, got)
		}
		if got := strays(doc); len(got) > 0 {
			t.Errorf("the API's message is not isolated: %q", got)
		}
	}
}

// A form that breaks off is refused: its sender is gone, a proxy in front of the portal is not.
func TestFormsThatBreakOffAreRefused(t *testing.T) {
	t.Parallel()
	p := open(t, newFake(t, nil))
	conn, err := net.Dial("tcp", mustURL(p.url).Host)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := fmt.Fprint(conn, "POST /login HTTP/1.1\r\nHost: portal\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 3000\r\n\r\nemail="); err != nil {
		t.Fatal(err)
	}
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusBadRequest {
		t.Errorf("got %d, want %d", answer.StatusCode, http.StatusBadRequest)
	}
}
