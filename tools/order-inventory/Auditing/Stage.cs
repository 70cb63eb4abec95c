using Microsoft.Data.Sqlite;
using OrderInventory.Judging;

namespace OrderInventory.Auditing;

/// <summary>
/// What one reading has to remember until it can be judged, in a file without a name that disappears with it: inventory is read product by
/// product, and an order's operations lie on several. Some hundred bytes on disk for each operation and order, and SQLite's
/// cache in memory. Used by one caller at a time.
/// </summary>
internal sealed class Stage : IDisposable
{
    private const int MaxOperationsOfAnOrder = 2_000;
    private const string Schema = """
        PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
        CREATE TABLE operation (orderId TEXT, productId TEXT NOT NULL, operationId TEXT NOT NULL, sequence INTEGER NOT NULL, json TEXT NOT NULL);
        CREATE INDEX byOrder ON operation (orderId, productId, sequence);
        CREATE TABLE product (id TEXT PRIMARY KEY) WITHOUT ROWID;
        CREATE TABLE person (id TEXT PRIMARY KEY, isRead INTEGER NOT NULL) WITHOUT ROWID;
        CREATE INDEX unreadPerson ON person (id) WHERE isRead = 0;
        CREATE TABLE placed (id TEXT PRIMARY KEY, isRead INTEGER NOT NULL, userId TEXT, key TEXT, created INTEGER) WITHOUT ROWID;
        CREATE INDEX unreadOrder ON placed (id) WHERE isRead = 0;
        """;

    private readonly SqliteConnection _connection;

    private readonly bool _addsOrders;

    /// <summary><paramref name="addsOrders"/>: whether the orders that operations name are to be read.</summary>
    public Stage(bool addsOrders)
    {
        _addsOrders = addsOrders;
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = "", Pooling = false }.ToString());
        _connection.Open();
        Execute(Schema);
    }

    /// <summary>Orders that were read.</summary>
    public long Orders => Count("SELECT count(*) FROM placed WHERE isRead = 1");

    /// <summary>Those of them that do not exist.</summary>
    public long MissingOrders => Count("SELECT count(*) FROM placed WHERE isRead = 1 AND userId IS NULL");

    /// <summary>Users that are known.</summary>
    public long Users => Count("SELECT count(*) FROM person");

    /// <summary>False when the product was added before.</summary>
    public bool AddProduct(string productId) => Execute("INSERT OR IGNORE INTO product VALUES ($0)", productId) > 0;

    /// <summary>Adds operations of a product with the documents they come from.</summary>
    public void AddOperations(IEnumerable<(OperationDocument Operation, string Json)> operations)
    {
        Execute("BEGIN");
        foreach (var (operation, json) in operations)
        {
            Execute("INSERT INTO operation VALUES ($0, $1, $2, $3, $4)", operation.OrderId, operation.ProductId, operation.OperationId, operation.Sequence, json);
            if (_addsOrders && operation.OrderId is { } orderId) AddOrder(orderId);
        }

        Execute("COMMIT");
    }

    /// <summary>Adds an order to read, unless it is known.</summary>
    public void AddOrder(string orderId) => Execute("INSERT OR IGNORE INTO placed (id, isRead) VALUES ($0, 0)", orderId);

    /// <summary>Adds a user to read, unless known.</summary>
    public void AddUser(string userId) => Execute("INSERT OR IGNORE INTO person VALUES ($0, 0)", userId);

    /// <summary>Up to <paramref name="limit"/> orders that were not read yet.</summary>
    public IReadOnlyList<string> UnreadOrders(int limit) => Query("SELECT id FROM placed WHERE isRead = 0 LIMIT $0", row => row.GetString(0), limit);

    /// <summary>A user that was not read yet, who is taken for read from now on; null when there is none.</summary>
    public string? TakeUser()
    {
        var user = Query("SELECT id FROM person WHERE isRead = 0 LIMIT 1", row => row.GetString(0)).FirstOrDefault();
        if (user is not null) Execute("UPDATE person SET isRead = 1 WHERE id = $0", user);
        return user;
    }

    /// <summary>The order was read; null when there is none with this id.</summary>
    public void MarkRead(string orderId, OrderDocument? order) =>
        Execute("UPDATE placed SET isRead = 1, userId = $1, key = $2, created = $3 WHERE id = $0", orderId, order?.UserId, order?.IdempotencyKey, order?.CreatedTime.ToUnixTimeMilliseconds());

    /// <summary>The operations of an order on all products that were read, in the order of their numbers.</summary>
    public IReadOnlyList<(string ProductId, string Json)> OperationsOf(string orderId) =>
        Query("SELECT productId, json FROM operation WHERE orderId = $0 ORDER BY productId, sequence LIMIT $1", row => (row.GetString(0), row.GetString(1)), orderId, MaxOperationsOfAnOrder);

    /// <summary>The newest operations of a product.</summary>
    public IReadOnlyList<string> NewestOf(string productId, int limit) =>
        Query("SELECT json FROM operation WHERE productId = $0 ORDER BY sequence DESC LIMIT $1", row => row.GetString(0), productId, limit);

    /// <summary>Changes by hand that are recorded more than once under one id.</summary>
    public IReadOnlyList<(string ProductId, string OperationId, long Times)> RepeatedChanges(int limit) => Query(
        "SELECT productId, operationId, count(*) FROM operation WHERE orderId IS NULL GROUP BY productId, operationId HAVING count(*) > 1 LIMIT $0", row => (row.GetString(0), row.GetString(1), row.GetInt64(2)), limit);

    /// <summary>Orders that share their user and key, in groups.</summary>
    public IReadOnlyList<IReadOnlyList<KeyedOrder>> SharedKeys(int limit) =>
    [
        .. Query("SELECT userId, key FROM placed WHERE userId IS NOT NULL GROUP BY userId, key HAVING count(*) > 1 LIMIT $0", row => (User: row.GetString(0), Key: row.GetString(1)), limit)
            .Select(shared => Query(
                "SELECT id, created FROM placed WHERE userId = $0 AND key = $1 ORDER BY created LIMIT $2",
                row => new KeyedOrder(shared.User, shared.Key, row.GetString(0), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(1))),
                shared.User,
                shared.Key,
                limit)),
    ];

    public void Dispose() => _connection.Dispose();

    private long Count(string sql) => Query(sql, row => row.GetInt64(0))[0];

    private int Execute(string sql, params object?[] values)
    {
        using var command = Command(sql, values);
        return command.ExecuteNonQuery();
    }

    private List<T> Query<T>(string sql, Func<SqliteDataReader, T> read, params object?[] values)
    {
        using var command = Command(sql, values);
        using var rows = command.ExecuteReader();
        var found = new List<T>();
        while (rows.Read()) found.Add(read(rows));
        return found;
    }

    private SqliteCommand Command(string sql, object?[] values)
    {
        // Every statement here is a constant; what was read comes in as parameters only.
#pragma warning disable CA2100
        var command = new SqliteCommand(sql, _connection);
#pragma warning restore CA2100
        for (var i = 0; i < values.Length; i++) command.Parameters.AddWithValue("$" + i.ToString(System.Globalization.CultureInfo.InvariantCulture), values[i] ?? DBNull.Value);
        return command;
    }
}
