// A backend that answers every request as far as its argument says, tells that it is there, and
// waits to be killed: "accept" reads nothing, "head" and "body" stop in the middle, "answer" is
// whole.
'use strict';
const net = require('net');

const parts = {
  accept: '',
  read: '',
  head: 'HTTP/1.1 200 OK\r\nContent-Le',
  before: 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n',
  body: 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n01234',
  chunk: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n',
  answer: 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789',
};
const [port, point] = process.argv.slice(2);
net.createServer((socket) => {
  socket.on('error', () => socket.destroy());
  if (point === 'accept') {
    socket.pause();
    console.log('there');
  } else {
    socket.on('data', () => socket.write(parts[point], () => console.log('there')));
  }
}).listen(Number(port), '127.0.0.1');
