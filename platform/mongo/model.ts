import type { Connection, Model, Schema } from 'mongoose';

/** The model of that name on this connection, compiled on first use. */
export function modelOf<T>(connection: Connection, name: string, schema: Schema<T>): Model<T> {
  // Mongoose's own return type does not survive exactOptionalPropertyTypes; the shape is the schema's.
  return (connection.models[name] ?? connection.model(name, schema)) as unknown as Model<T>;
}
