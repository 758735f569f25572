import net from 'node:net';

/** A port of 127.0.0.1 that nobody listened on a moment ago; binding it may still lose a race. */
export async function freePort(): Promise<number> {
  const server = await listen(0);
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Throws an error that names the port and what to do when somebody listens on it. */
export async function assertPortFree(port: number, forWhat: string): Promise<void> {
  const server = await listen(port).catch((error: NodeJS.ErrnoException) => {
    throw portTaken(port, forWhat, error);
  });
  await new Promise((resolve) => server.close(resolve));
}

export function portTaken(port: number, forWhat: string, cause?: NodeJS.ErrnoException): Error {
  const reason = cause && cause.code !== 'EADDRINUSE' ? `cannot be used (${cause.code})` : 'is already taken';
  return new Error(`Port ${port} of 127.0.0.1, wanted for ${forWhat}, ${reason}: free it or choose another one`, { cause });
}

function listen(port: number): Promise<net.Server> {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}
