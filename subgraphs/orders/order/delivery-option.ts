/** A way to get the goods. Prices by area and weight come with fulfilment; the standard way is free everywhere. */
export interface DeliveryOption {
  readonly id: string;
  readonly title: string;
}

const OPTIONS: readonly DeliveryOption[] = [{ id: 'standard', title: 'Standard delivery' }];

export const DEFAULT_DELIVERY_OPTION = 'standard';

export function findDeliveryOption(id: string): DeliveryOption | null {
  return OPTIONS.find((option) => option.id === id) ?? null;
}
