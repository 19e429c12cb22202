// Has ImageKit's own Node SDK purge a URL, and ask whether that is done. It writes the two answers as JSON. IMAGE_KIT_BASE_URL is the API's
// address and IMAGEKIT_PRIVATE_KEY its key; the URL is the argument.
import ImageKit from '@imagekit/nodejs';

const client = new ImageKit({ maxRetries: 0 });
const asked = await client.cache.invalidation.create({ url: process.argv[2] });
const status = await client.cache.invalidation.get(asked.requestId);
process.stdout.write(JSON.stringify([asked, status]));
