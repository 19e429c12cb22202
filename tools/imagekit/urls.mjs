// Has ImageKit's own SDKs write URLs. It reads a JSON list of calls from its standard input,
//
//	{"sdk": "javascript" | "nodejs", "function": "buildSrc" | "getResponsiveImageAttributes", "options": {…}}
//
// and writes the list of what they return; the Node SDK has only the first function. IMAGEKIT_PRIVATE_KEY is the key that the Node SDK signs with.
import { buildSrc, getResponsiveImageAttributes } from '@imagekit/javascript';
import ImageKit from '@imagekit/nodejs';

const node = new ImageKit({ privateKey: process.env.IMAGEKIT_PRIVATE_KEY });
const sdks = {
	javascript: { buildSrc, getResponsiveImageAttributes },
	nodejs: { buildSrc: (options) => node.helper.buildSrc(options) },
};

let text = '';
for await (const chunk of process.stdin) text += chunk;
const results = JSON.parse(text).map((call) => sdks[call.sdk][call.function](call.options));
process.stdout.write(JSON.stringify(results));
