// j and k move the focus along the links of the rows, so that Enter opens by itself.
import { all, find } from "./dom.js";
import { onKey } from "./keys.js";

function move(step) {
	const links = all("table[data-rows] tbody tr").map((row) => find("a", row)).filter(Boolean);
	if (!links.length) return false;
	const at = links.findIndex((a) => a.closest("tr").contains(document.activeElement));
	const to = at < 0 ? (step > 0 ? 0 : links.length - 1) : Math.min(Math.max(at + step, 0), links.length - 1);
	links[to].focus({ focusVisible: true });
	links[to].scrollIntoView({ block: "nearest" });
}

onKey("j", () => move(1));
onKey("k", () => move(-1));
