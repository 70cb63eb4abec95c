using DaprLocal.Api;
using DaprLocal.State;

namespace DaprLocal.Http;

/// <summary>Request bodies of the state routes. Values are JSON: they are stored as daprd would write them again.</summary>
internal static class StateBodies
{
    /// <summary>The body of a save.</summary>
    /// <exception cref="GoJsonException">It has another shape.</exception>
    public static List<StateOperation> Save(ReadOnlySpan<byte> body, StateComponent store, Dictionary<string, string> queryMetadata)
    {
        var operations = new List<StateOperation>();
        var parsed = GoJsonParser.ParseFirst(body);
        if (parsed is null) return operations;
        if (parsed is not List<object?> items) throw GoBinder.Mismatch(parsed, "[]state.SetRequest");
        var keys = new List<string>(items.Count);
        foreach (var item in items)
        {
            if (item is not (GoObject or null)) throw GoBinder.Mismatch(item, "state.SetRequest");
            var members = item as GoObject ?? [];
            keys.Add(GoBinder.String(members, "key", "SetRequest.key") ?? "");
            operations.Add(Upsert(members, queryMetadata));
        }

        if (keys.Contains("")) throw new GoJsonException("\"key\" is a required field");
        for (var i = 0; i < keys.Count; i++) operations[i] = operations[i] with { Key = StateApi.Key(store, keys[i]) };
        return operations;
    }

    /// <summary>The keys of a bulk get.</summary>
    /// <exception cref="GoJsonException">It has another shape.</exception>
    public static List<string> Keys(byte[] body)
    {
        var parsed = GoJsonParser.ParseFirst(body);
        if (parsed is null) return [];
        if (parsed is not GoObject members) throw GoBinder.Mismatch(parsed, "http.BulkGetRequest");
        GoBinder.Map(members, "metadata", "BulkGetRequest.metadata");
        if (members.TryGet("parallelism", out var parallelism) && parallelism is not (null or GoNumber)) throw GoBinder.Mismatch(parallelism, "BulkGetRequest.parallelism", "int");
        if (!members.TryGet("keys", out var keys) || keys is null) return [];
        if (keys is not List<object?> list) throw GoBinder.Mismatch(keys, "BulkGetRequest.keys", "[]string");
        return [.. list.Select(key => key is null ? "" : key as string ?? throw GoBinder.Mismatch(key, "BulkGetRequest.keys", "string"))];
    }

    /// <summary>The operations of a transaction.</summary>
    /// <exception cref="GoJsonException">It has another shape.</exception>
    /// <exception cref="ApiException">An operation or a key is refused.</exception>
    public static List<StateOperation> Transaction(byte[] body, StateComponent store, Dictionary<string, string> queryMetadata)
    {
        var operations = new List<StateOperation>();
        var parsed = GoJsonParser.ParseFirst(body);
        if (parsed is null) return operations;
        if (parsed is not GoObject members) throw GoBinder.Mismatch(parsed, "http.stateTransactionRequestBody");
        GoBinder.Map(members, "metadata", "stateTransactionRequestBody.metadata");
        if (!members.TryGet("operations", out var value) || value is null) return operations;
        if (value is not List<object?> items) throw GoBinder.Mismatch(value, "stateTransactionRequestBody.operations", "[]http.stateTransactionRequestBodyOperation");
        var bound = new List<(string Word, object? Request)>(items.Count);
        foreach (var item in items)
        {
            if (item is not (GoObject or null)) throw GoBinder.Mismatch(item, "stateTransactionRequestBody.operations", "http.stateTransactionRequestBodyOperation");
            var operation = item as GoObject ?? [];
            operation.TryGet("request", out var request);
            bound.Add((GoBinder.String(operation, "operation", "stateTransactionRequestBodyOperation.operations.operation") ?? "", request));
        }

        foreach (var (word, request) in bound) operations.Add(Operation(word, request, store, queryMetadata));
        return operations;
    }

    private static StateOperation Operation(string word, object? request, StateComponent store, Dictionary<string, string> queryMetadata)
    {
        if (word is not ("upsert" or "delete")) throw new ApiException(ApiErrors.UnknownOperation(word));
        if (request is not (GoObject or null)) throw new GoJsonException($"'' expected a map, got '{(request is string ? "string" : request is bool ? "bool" : request is GoNumber ? "float64" : "slice")}'");
        var members = request as GoObject ?? [];
        var key = Loose(members, "key", "Key") ?? "";
        var etag = Loose(members, "etag", "ETag");
        var metadata = new Dictionary<string, string>();
        if (members.TryGet("metadata", out var map) && map is GoObject pairs)
        {
            foreach (var (name, value) in pairs) metadata[name] = GoBinder.LooseString(value, $"Metadata[{name}]") ?? "";
        }

        foreach (var (name, value) in queryMetadata) metadata[name] = value;
        members.TryGet("options", out var options);
        var words = options as GoObject ?? [];
        var operation = new StateOperation(word == "delete", StateApi.Key(store, key, inTransaction: true))
        {
            ETag = etag,
            Concurrency = Loose(words, "concurrency", "Options.Concurrency"),
            Consistency = Loose(words, "consistency", "Options.Consistency"),
        };
        return operation.IsDelete ? operation : operation with { Value = Value(members), Ttl = metadata.GetValueOrDefault("ttlInSeconds"), IsCalledJson = metadata.GetValueOrDefault("contentType") == "application/json" };
    }

    private static StateOperation Upsert(GoObject members, Dictionary<string, string> queryMetadata)
    {
        var metadata = GoBinder.Map(members, "metadata", "SetRequest.metadata");
        foreach (var (name, value) in queryMetadata) metadata[name] = value;
        members.TryGet("options", out var options);
        if (options is not (GoObject or null)) throw GoBinder.Mismatch(options, "SetRequest.options", "state.SetStateOption");
        var words = options as GoObject ?? [];
        return new StateOperation(IsDelete: false, "")
        {
            Value = Value(members),
            ETag = GoBinder.String(members, "etag", "SetRequest.etag"),
            Concurrency = GoBinder.String(words, "concurrency", "SetRequest.options.concurrency"),
            Consistency = GoBinder.String(words, "consistency", "SetRequest.options.consistency"),
            Ttl = metadata.GetValueOrDefault("ttlInSeconds"),
        };
    }

    private static byte[] Value(GoObject members)
    {
        members.TryGet("value", out var value);
        return GoJson.Serialize(value, asDouble: true);
    }

    private static string? Loose(GoObject members, string name, string shownName)
    {
        members.TryGet(name, out var value);
        return GoBinder.LooseString(value, shownName);
    }
}
