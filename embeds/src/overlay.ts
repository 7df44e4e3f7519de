import './counter';
import type { GroupBuyCounter } from './group-buy-counter';
import { LiveSocket } from './live-socket';
import { readOptions } from './overlay-options';
import { OverlayToken } from './overlay-token';

/** Often enough to learn of a rotation well within its shortest grace. */
const REFRESH_MS = 5 * 60_000;

const NOTICES = {
  token: ['This overlay has no token: copy its whole address again.', '地址中缺少令牌:请重新复制完整地址。'],
  ended: ['The token of this overlay has ended: make a new one.', '此链接已失效:请重新创建。'],
} as const;

const options = readOptions(location.search, location.hash);
const api = new URL('..', location.href).href.replace(/\/$/, '');
const notice = document.createElement('p');
const counter = document.createElement('group-buy-counter') as GroupBuyCounter;

const { style, classList } = document.body;
document.documentElement.lang = options.lang;
classList.add(options.corner, options.layout);
style.setProperty('--scale', `${options.scale}`);
style.setProperty('--margin', `${options.margin}`);
if (options.color) style.setProperty('--gbc-accent', options.color);
counter.setAttribute('layout', options.layout);
counter.setAttribute('theme', options.theme);
if (!options.countdown) counter.setAttribute('countdown', 'off');
if (options.price) counter.setAttribute('price', '');
if (options.title) counter.setAttribute('label', options.title);
notice.setAttribute('role', 'status');

if (options.token) run(new OverlayToken(api, options.token));
else say('token');

function run(token: OverlayToken): void {
  const first = token.current;
  const socket = LiveSocket.of(api, first);
  let onAir = false;
  counter.addEventListener('groupbuychange', () => {
    onAir = true;
  });

  const follow = (group: string | null, campaign: string | null): void => {
    if (!group && !campaign) return;
    counter.setAttribute('api', api);
    counter.setAttribute('key', first);
    if (group) counter.setAttribute('group-id', group);
    else if (campaign) counter.setAttribute('campaign-id', campaign);
    if (!counter.isConnected) document.body.append(counter);
  };

  let asking = false;
  const refresh = async (): Promise<void> => {
    if (asking) return;
    asking = true;
    try {
      const refreshed = await token.refresh();
      if (refreshed) {
        socket.key = refreshed.token;
        if (!counter.isConnected) follow(refreshed.groupBuyId, refreshed.campaignId);
      } else {
        // Taken off air: the picture is left clean, and only somebody who is setting it up is told why.
        counter.remove();
        clearInterval(timer);
        if (!onAir) say('ended');
      }
    } catch {
      // The line is down: what is shown stays, and the token is asked about again.
    } finally {
      asking = false;
    }
  };
  const timer = setInterval(refresh, REFRESH_MS * (0.8 + 0.2 * Math.random()));
  socket.onForbidden = refresh;
  // The picture does not wait for the answer about the token.
  follow(options.group, options.campaign);
  void refresh();
}

function say(what: keyof typeof NOTICES): void {
  notice.textContent = NOTICES[what][/^zh/i.test(options.lang) ? 1 : 0];
  document.body.append(notice);
}
