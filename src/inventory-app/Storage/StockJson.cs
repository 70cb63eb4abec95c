using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using InventoryApp.Domain;

namespace InventoryApp.Storage;

/// <summary>How stock is stored; members that a newer version added are kept.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, NumberHandling = JsonNumberHandling.Strict, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(StockItem))]
[JsonSerializable(typeof(StockOperation))]
[JsonSerializable(typeof(ImmutableArray<StockOperation>))]
[JsonSerializable(typeof(IndexHead))]
[JsonSerializable(typeof(UntoldShard))]
[JsonSerializable(typeof(string[]))]
internal sealed partial class StockJson : JsonSerializerContext
{
    /// <summary>Reads what is stored about a product.</summary>
    /// <exception cref="StockDamagedException">It is not what was written.</exception>
    public static T Read<T>(string productId, ReadOnlyMemory<byte> bytes, JsonTypeInfo<T> json)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes.Span, json) ?? throw new JsonException("null");
        }
        catch (JsonException error)
        {
            throw new StockDamagedException(productId, "it cannot be read", error);
        }
    }
}
