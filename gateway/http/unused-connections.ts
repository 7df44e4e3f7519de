import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Connections that have not sent a request yet: clients open some ahead. Node counts them neither as idle nor as busy,
 * and a closing server would wait for them until they give up.
 */
export class UnusedConnections {
  private readonly sockets = new Set<Socket>();

  constructor(server: Server) {
    server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
    const used = ({ socket }: IncomingMessage): void => void this.sockets.delete(socket);
    server.on('request', used);
    server.on('upgrade', used);
  }

  close(): void {
    for (const socket of this.sockets) socket.destroy();
  }
}
