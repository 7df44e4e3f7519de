import { GroupBuyCounter } from './group-buy-counter';

// A page may load the script twice: the first one stays.
if (!customElements.get('group-buy-counter')) customElements.define('group-buy-counter', GroupBuyCounter);
