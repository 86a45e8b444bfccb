import "./once.js";
import "./error-summary.js";
import "./copy-link.js";
import "./pick.js";
import "./type-ahead.js";
import "./ledger.js";
