import { editLines } from "./lines.js";
import "./lent.js";
import "./once.js";
import "./error-summary.js";
import "./copy-link.js";
import "./pick.js";
import "./type-ahead.js";
import "./ledger.js";
import "./progress.js";
import "./colour-preview.js";
import "./number-preview.js";
import "./client-check.js";
import "./shortcuts.js";
import "./bell.js";

editLines();
