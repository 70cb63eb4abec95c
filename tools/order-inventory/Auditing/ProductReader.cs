using System.Text.Json;
using OrderInventory.Judging;

namespace OrderInventory.Auditing;

/// <summary>Reads one product and judges its balances; its operations go to <paramref name="stage"/> page by page.</summary>
internal sealed class ProductReader(SystemReader system, Stage stage, string productId)
{
    private const int MaxAttempts = 10;
    private const int ShownOperations = 500;

    private JsonElement? _stock;

    /// <summary>Whether the document and the operations were of the same moment.</summary>
    public bool WasCompared { get; private set; }

    /// <summary>An operation as it was staged.</summary>
    public static OperationDocument Parse(string productId, string json) => JsonSerializer.Deserialize(json, DocumentsJson.Default.OperationDocument)! with { ProductId = productId };

    /// <summary>Reads it and returns what is wrong. <paramref name="onRead"/> gets the number of operations of each page.</summary>
    public async Task<IReadOnlyList<Finding>> ReadAsync(Action<int> onRead, CancellationToken cancellationToken)
    {
        var judge = new StockJudge(productId);
        var pages = system.OperationsAsync(productId, cancellationToken).GetAsyncEnumerator(cancellationToken);
        try
        {
            var hasPage = false;
            for (var attempt = 0; attempt < MaxAttempts && !WasCompared; attempt++)
            {
                // The document does not say which operation was its last: it is the newest when the document is the same before and after.
                var before = await system.ProductAsync(productId, cancellationToken);
                if (attempt > 0)
                {
                    await pages.DisposeAsync();
                    pages = system.OperationsAsync(productId, cancellationToken).GetAsyncEnumerator(cancellationToken);
                }

                hasPage = await pages.MoveNextAsync();
                _stock = await system.ProductAsync(productId, cancellationToken);
                WasCompared = before?.GetRawText() == _stock?.GetRawText();
            }

            for (; hasPage; hasPage = await pages.MoveNextAsync())
            {
                var page = pages.Current.EnumerateArray().Select(operation => (Operation: Parse(productId, operation.GetRawText()), Json: operation.GetRawText())).ToArray();
                foreach (var (operation, _) in page) judge.Add(operation);
                stage.AddOperations(page);
                onRead(page.Length);
            }
        }
        finally
        {
            await pages.DisposeAsync();
        }

        return [.. judge.Judge(WasCompared ? _stock?.Deserialize(DocumentsJson.Default.StockDocument) : null)];
    }

    /// <summary>What was read of it: the document and its newest operations.</summary>
    public IReadOnlyDictionary<string, string> Documents() => new Dictionary<string, string>
    {
        ["stock/" + Uri.EscapeDataString(productId)] = _stock?.GetRawText() ?? "null",
        ["operations"] = $"[{string.Join(",\n", stage.NewestOf(productId, ShownOperations))}]",
    };
}
