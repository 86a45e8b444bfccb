import "./once.js";
import "./error-summary.js";
import "./copy-link.js";
import "./signature-preview.js";
import "./lent.js";
import "./signature-pad.js";
import "./choice.js";
