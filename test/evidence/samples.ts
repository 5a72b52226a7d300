/** What the tools print, written for these tests after the tools' own layout. */
export type Language = 'english' | 'german' | 'french' | 'spanish' | 'russian' | 'chinese';

interface Words {
  title: string;
  header: [proto: string, local: string, remote: string, state: string];
  states: Record<string, string>;
  noOwner: string;
}

export const WORDS: Record<Language, Words> = {
  english: {
    title: 'Active Connections',
    header: ['Proto', 'Local Address', 'Foreign Address', 'State'],
    states: {},
    noOwner: 'Can not obtain ownership information',
  },
  german: {
    title: 'Aktive Verbindungen',
    header: ['Proto', 'Lokale Adresse', 'Remoteadresse', 'Status'],
    states: {
      LISTENING: 'ABHÖREN',
      ESTABLISHED: 'HERGESTELLT',
      TIME_WAIT: 'WARTEND',
      CLOSE_WAIT: 'SCHLIESSEN_WARTEN',
      FIN_WAIT_2: 'FIN_WARTEN_2',
      SYN_SENT: 'SYN_GESENDET',
    },
    noOwner: 'Es konnten keine Besitzerinformationen abgerufen werden',
  },
  french: {
    title: 'Connexions actives',
    header: ['Proto', 'Adresse locale', 'Adresse distante', 'État'],
    states: { LISTENING: 'ÉCOUTE', ESTABLISHED: 'ÉTABLIE' },
    noOwner: 'Impossible d’obtenir les informations de propriétaire',
  },
  spanish: {
    title: 'Conexiones activas',
    header: ['Proto', 'Dirección local', 'Dirección remota', 'Estado'],
    states: { LISTENING: 'ESCUCHANDO' },
    noOwner: 'No se puede obtener información de propiedad',
  },
  russian: {
    title: 'Активные подключения',
    header: ['Имя', 'Локальный адрес', 'Внешний адрес', 'Состояние'],
    states: {},
    noOwner: 'Не удается получить сведения о владельце',
  },
  chinese: {
    title: '活动连接',
    header: ['协议', '本地地址', '外部地址', '状态'],
    states: {},
    noOwner: '无法获取所有权信息',
  },
};

export interface SampleRow {
  protocol?: 'TCP' | 'UDP';
  local: string;
  remote: string;
  state?: string;
  pid: number;
  /** Lines of `-b` under the row; `null` for "Can not obtain ownership information". */
  owner?: string[] | null;
}

export const ROWS: SampleRow[] = [
  { local: '0.0.0.0:135', remote: '0.0.0.0:0', state: 'LISTENING', pid: 892, owner: ['  RpcSs', ' [svchost.exe]'] },
  { local: '0.0.0.0:445', remote: '0.0.0.0:0', state: 'LISTENING', pid: 4, owner: null },
  { local: '10.1.1.10:50123', remote: '10.2.0.1:3200', state: 'ESTABLISHED', pid: 4711, owner: [' [disp+work.exe]'] },
  { local: '10.1.1.10:50124', remote: '10.2.0.1:3200', state: 'CLOSE_WAIT', pid: 4711, owner: [' [disp+work.exe]'] },
  { local: '127.0.0.1:52347', remote: '127.0.0.1:8510', state: 'TIME_WAIT', pid: 0 },
  { local: '[::]:135', remote: '[::]:0', state: 'LISTENING', pid: 892, owner: ['  RpcSs', ' [svchost.exe]'] },
  { local: '[fe80::1%12]:49670', remote: '[fe80::2%12]:445', state: 'ESTABLISHED', pid: 4, owner: null },
  { protocol: 'UDP', local: '0.0.0.0:123', remote: '*:*', pid: 1012, owner: ['  W32Time', ' [svchost.exe]'] },
];

/** One run of `netstat -ano`, or `-anob` with `withOwners`. */
export function netstat(language: Language, rows: SampleRow[] = ROWS, withOwners = false): string {
  const words = WORDS[language];
  const [proto, local, remote, state] = words.header;
  const lines = [
    '',
    words.title,
    '',
    `  ${proto.padEnd(7)}${local.padEnd(23)}${remote.padEnd(23)}${state.padEnd(16)}PID`,
  ];
  for (const row of rows) {
    const shown = row.state === undefined ? '' : (words.states[row.state] ?? row.state);
    lines.push(
      `  ${(row.protocol ?? 'TCP').padEnd(7)}${row.local.padEnd(22)} ${row.remote.padEnd(22)} ${shown.padEnd(15)} ${row.pid}`,
    );
    if (withOwners && row.owner !== undefined) lines.push(...(row.owner ?? [` ${words.noOwner}`]));
  }
  return `${lines.join('\r\n')}\r\n`;
}

export function dynamicPorts(language: 'english' | 'german' | 'french' | 'russian' | 'chinese'): string {
  const rule = '---------------------------------';
  return {
    english: `\r\nProtocol tcp Dynamic Port Range\r\n${rule}\r\nStart Port      : 49152\r\nNumber of Ports : 16384\r\n\r\n`,
    german: `\r\nProtokoll tcp Dynamischer Portbereich\r\n${rule}\r\nStartport       : 49152\r\nAnzahl von Ports : 16384\r\n\r\n`,
    french: `\r\nProtocole tcp Plage de ports dynamique\r\n${rule}\r\nPort de démarrage   : 49152\r\nNombre de ports     : 16384\r\n\r\n`,
    russian: `\r\nДиапазон динамических портов протокола tcp\r\n${rule}\r\nНачальный порт      : 49152\r\nЧисло портов        : 16384\r\n\r\n`,
    chinese: `\r\n协议 tcp 动态端口范围\r\n${rule}\r\n启动端口        : 49152\r\n端口数          : 16384\r\n\r\n`,
  }[language];
}

const COUNTERS: Record<'english' | 'german' | 'french', [title: string, names: string[]]> = {
  english: [
    'TCP Statistics for IPv4',
    [
      'Active Opens',
      'Passive Opens',
      'Failed Connection Attempts',
      'Reset Connections',
      'Current Connections',
      'Segments Received',
      'Segments Sent',
      'Segments Retransmitted',
    ],
  ],
  german: [
    'TCP-Statistik für IPv4',
    [
      'Aktiv geöffnet',
      'Passiv geöffnet',
      'Fehlgeschlagene Verbindungsversuche',
      'Zurückgesetzte Verbindungen',
      'Aktuelle Verbindungen',
      'Empfangene Segmente',
      'Gesendete Segmente',
      'Erneut übertragene Segmente',
    ],
  ],
  french: [
    'Statistiques TCP pour IPv4',
    [
      'Ouvertures actives',
      'Ouvertures passives',
      'Tentatives de connexion non réussies',
      'Connexions réinitialisées',
      'Connexions courantes',
      'Segments reçus',
      'Segments envoyés',
      'Segments retransmis',
    ],
  ],
};

/** `netstat -s -p tcp`. */
export function statistics(language: 'english' | 'german' | 'french', values: number[]): string {
  const [title, names] = COUNTERS[language];
  const lines = names.map((name, at) => `  ${name.padEnd(36)}= ${values[at]}`);
  return `\r\n${title}\r\n\r\n${lines.join('\r\n')}\r\n`;
}
