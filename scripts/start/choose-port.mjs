import { anyFreePort, portIfFree } from '../services/free-port.mjs';

/**
 * The port for management: the wanted one, or any free one when that is taken and nobody insisted on it.
 * @param {{ port: number, portIsGiven: boolean }} settings
 * @returns {Promise<{ port: number, remark?: string }>}
 */
export async function choosePort({ port, portIsGiven }) {
  if ((await portIfFree(port)) !== undefined) return { port };
  if (portIsGiven) throw new Error(`Port ${port} is taken: end what listens there, or set PORT to another`);
  const other = await anyFreePort();
  return { port: other, remark: `Port ${port} is taken: using ${other} (PORT sets another)` };
}
