// server.mjs FOLDER PORT: what one writes to serve pictures with sharp. Settings are those of the handler.
import http from 'node:http';
import path from 'node:path';
import sharp from 'sharp';

sharp.cache(false); // each request is to be work, as for the others

const [folder, port] = process.argv.slice(2);
const options = {
	jpeg: { quality: 80 },
	webp: { quality: 77, effort: 2, smartSubsample: true },
	avif: { quality: 63, effort: 3, chromaSubsampling: '4:2:0' },
	png: { adaptiveFiltering: true },
};

http.createServer(async (request, response) => {
	try {
		const url = new URL(request.url, 'http://localhost');
		const q = Object.fromEntries(url.searchParams);
		let picture = sharp(path.join(folder, url.pathname), { animated: 'animated' in q, autoOrient: true });
		if (q.height) {
			picture = picture.resize(+q.width, +q.height, { fit: 'contain', background: q.background });
		} else {
			picture = picture.resize(+q.width);
		}
		if (q.sigma) {
			picture = picture.blur(+q.sigma);
		}
		if (q.text) {
			picture = picture.composite([{ input: { text: { text: q.text, font: q.font, rgba: true, dpi: 72 } } }]);
		}
		const body = await picture.toFormat(q.format, options[q.format]).toBuffer();
		response.writeHead(200, { 'Content-Type': `image/${q.format}`, 'Content-Length': body.length });
		response.end(body);
	} catch (error) {
		response.writeHead(500);
		response.end(String(error));
	}
}).listen(+port, '127.0.0.1');
