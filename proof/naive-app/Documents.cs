namespace OrderInventory.NaiveApp;

/// <summary>The stock of a product, as the product's own API shows it.</summary>
internal sealed record Stock(string ProductId, long Total, long Available, long Reserved, long Version);

/// <summary>An entry of the product's ledger.</summary>
internal sealed record Entry(long Sequence, string OperationId, string Kind, string? OrderId, int? Line, long Quantity, bool Success, string Outcome, long AvailableAfter, DateTimeOffset Time);

/// <summary>An order.</summary>
internal sealed record Order(string Id, string UserId, string IdempotencyKey, string ProductId, long Quantity, decimal Amount, string[] Statuses, DateTimeOffset CreatedTime);

/// <summary>What a client sends.</summary>
internal sealed record PlaceRequest(string UserId, string ProductId, long Quantity, decimal Amount);

/// <summary>The total of a product.</summary>
internal sealed record PutRequest(long Total);
