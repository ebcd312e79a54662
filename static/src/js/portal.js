// What the portal does beyond HTML and htmx. Every page works without it.
// It begins with htmx, when the page is drawn (start.js).
// Listeners stand on the document, since htmx replaces what is below it.
import "./ready.js";
import "./copy.js";
import "./links.js";
import "./menus.js";
import "./keys.js";
import "./rows.js";
import "./selection.js";
import "./cells.js";
import "./density.js";
import "./dialog.js";
import "./columns.js";
import "./exportform.js";
import "./newer.js";
import "./record.js";
import "./filters.js";
import "./edit.js";
import "./addfilter.js";
import "./results.js";
import "./ahead.js";
import "./login.js";
import "./invite.js";
import "./passkey.js";
import "./follow.js";
import "./reveal.js";
import "./watch.js";
import "./count.js";
import "./find.js";
