// The next page of the list is fetched when the reader reaches for its link, and a click shows what came. One page at a
// time, kept for seconds and in memory alone. The server answers 204 when the API has no room for what nobody opened.
import { on } from "./dom.js";

const reaching = 80; // milliseconds: a pointer on its way elsewhere is gone by then
const kept = 10_000;

let timer, ahead;

function forget() {
	clearTimeout(timer);
	timer = undefined;
}

function fetchAhead(link) {
	forget();
	const { href } = link;
	if (ahead?.href === href && Date.now() - ahead.at < kept || navigator.connection?.saveData) return;
	ahead?.stop.abort();
	const mine = { href, at: Date.now(), stop: new AbortController() };
	mine.answer = fetch(href, {
		headers: { "HX-Request": "true", "HX-Request-Type": "partial", "HX-Current-URL": location.href, Purpose: "prefetch" },
		signal: mine.stop.signal,
	}).then(async (answer) => {
		if (answer.status !== 200 || answer.redirected) return undefined;
		return new Response(await answer.text(), { headers: answer.headers }); // read now: unread, it would not come whole
	}).catch(() => undefined);
	mine.answer.then((answer) => { mine.came = answer; });
	ahead = mine;
}

const next = (event) => event.target.closest?.("#results a[rel=next][hx-get]");

// Only who moves the pointer reaches for something: it may also rest where the next page puts its link.
on("pointermove", (event) => {
	const link = next(event);
	if (link) timer ??= setTimeout(() => { timer = undefined; if (link.isConnected) fetchAhead(link); }, reaching);
	else forget();
});
on("focusin", (event) => { if (next(event)?.matches(":focus-visible")) fetchAhead(next(event)); });
document.addEventListener("touchstart", (event) => { if (next(event)) fetchAhead(next(event)); }, { passive: true });

// A click takes what came. What is still on its way races with the reader's own request, which waits for nobody. Going
// forward in history asks for the same address, but for a whole page.
on("htmx:before:request", ({ detail: { ctx } }) => {
	forget();
	const mine = ahead;
	if (mine?.href !== new URL(ctx.request.action, location.href).href || ctx.request.method !== "GET" ||
		ctx.request.headers["HX-Request-Type"] !== "partial") return;
	ahead = undefined;
	if (Date.now() - mine.at > kept) return;
	const { came } = mine;
	if (came) ctx.fetch = async () => came;
	else {
		const ask = ctx.fetch;
		ctx.fetch = (...request) => {
			const own = ask(...request);
			return Promise.race([own, mine.answer.then((answer) => answer ?? own)]);
		};
	}
});
on("htmx:after:swap", forget);
