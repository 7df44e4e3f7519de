import { defineOrders } from './definition';

export const orders = defineOrders();
