using System.Globalization;
using System.Text;
using OrderInventory.ServiceDefaults.State;

namespace InventoryApp.Tests.Exploration;

/// <summary>State with the rules of Dapr's stores; the version of a key depends on the saves of that key only.</summary>
internal sealed class ModelStore
{
    private readonly SortedDictionary<string, (byte[] Value, int Version)> _values = new(StringComparer.Ordinal);

    public IEnumerable<string> Keys => _values.Keys;

    public StateEntry Get(string key) => _values.TryGetValue(key, out var found) ? new StateEntry(found.Value, found.Version.ToString(CultureInfo.InvariantCulture)) : default;

    public void Put(string key, byte[] value) => _values[key] = (value, _values.GetValueOrDefault(key).Version + 1);

    public bool Apply(StateSave save)
    {
        var allowed = save.Condition switch
        {
            SaveCondition.Absent => !_values.ContainsKey(save.Key),
            SaveCondition.Unchanged => Get(save.Key).ETag == save.ETag,
            _ => true,
        };
        if (allowed) Put(save.Key, save.Value.ToArray());
        return allowed;
    }

    /// <summary>Everything that is stored. The archive's versions are left out: nobody uses them.</summary>
    public IEnumerable<string> Describe() =>
        _values.Select(pair => $"{pair.Key} {(pair.Key.StartsWith("stock:", StringComparison.Ordinal) ? pair.Value.Version : 0)} {Encoding.UTF8.GetString(pair.Value.Value)}");
}
