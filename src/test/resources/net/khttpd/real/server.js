// A Node server as its users write it: see net.khttpd.real.Application; /hints sends Early Hints,
// /invited asks for the body itself (checkContinue), an Upgrade is answered by hand.
'use strict';
const http = require('http');
const crypto = require('crypto');

const listeners = new Set();
const server = http.createServer({ keepAliveTimeout: Number(process.argv[3] || 5000) });

function digest(request, done) {
  const hash = crypto.createHash('sha256');
  let length = 0;
  request.on('data', (piece) => { hash.update(piece); length += piece.length; });
  request.on('end', () => done(`${length} ${hash.digest('hex')}`));
}

function chunks(response, left) {
  if (left === 0) {
    response.end();
  } else {
    response.write('x'.repeat(1000), () => chunks(response, left - 1));
  }
}

function item(request, response) {
  response.setHeader('ETag', '"item-1"');
  if (request.headers['if-none-match'] === '"item-1"') {
    response.writeHead(304).end();
  } else if (request.headers.range === 'bytes=0-3') {
    response.writeHead(206, { 'Content-Range': 'bytes 0-3/8' }).end('item');
  } else {
    response.end('item one');
  }
}

function events(request, response) {
  response.writeHead(200, { 'Content-Type': 'text/event-stream' });
  response.flushHeaders();
  listeners.add(response);
  response.on('close', () => listeners.delete(response));
}

function publish(request, response) {
  let event = '';
  request.on('data', (piece) => { event += piece; });
  request.on('end', () => {
    for (const each of listeners) each.write(`data: ${event}\n\n`);
    response.end();
  });
}

function address(request, response) {
  const of = (name) => request.headers['x-forwarded-' + name];
  response.end(`${of('for').split(', ')[0]} ${of('proto')} ${request.headers.host}`);
}

function trailers(request, response) {
  digest(request, (said) => {
    response.writeHead(200, { Trailer: 'X-Sum-Back', 'Transfer-Encoding': 'chunked' });
    response.write(said);
    response.addTrailers({ 'X-Sum-Back': request.trailers['x-sum'] || 'none' });
    response.end();
  });
}

server.on('request', (request, response) => {
  const [path, query] = request.url.split('?');
  response.setHeader('Content-Type', 'text/plain');
  switch (path) {
    case '/async': setImmediate(() => response.end('async')); break;
    case '/chunks': chunks(response, Number(query)); break;
    case '/digest': digest(request, (said) => response.end(said)); break;
    case '/invited': digest(request, (said) => response.end('not asked ' + said)); break;
    case '/trailers': trailers(request, response); break;
    case '/events': events(request, response); break;
    case '/publish': publish(request, response); break;
    case '/address': address(request, response); break;
    case '/item': item(request, response); break;
    case '/hints':
      response.writeEarlyHints({ link: '</a.css>; rel=preload' }, () => response.end('hinted'));
      break;
    default: response.writeHead(404).end();
  }
});

server.on('checkContinue', (request, response) => {
  if (request.url === '/refused') {
    response.writeHead(413, { Connection: 'close' }).end('too much');
    return;
  }
  response.writeContinue();
  const asked = request.url === '/invited' ? 'asked ' : '';
  digest(request, (said) => response.end(asked + said));
});

server.on('upgrade', (request, socket, head) => {
  if (request.headers.upgrade !== 'echo') {
    socket.end('HTTP/1.1 426 Upgrade Required\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    return;
  }
  socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n');
  if (head.length > 0) socket.write(head);
  socket.on('error', () => socket.destroy());
  socket.pipe(socket);
});

server.listen(Number(process.argv[2]), '127.0.0.1');
