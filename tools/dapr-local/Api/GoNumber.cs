namespace DaprLocal.Api;

/// <summary>A JSON number as it was written.</summary>
internal sealed record GoNumber(string Text);

/// <summary>A JSON object in the order of its text; a repeated name stands twice.</summary>
internal sealed class GoObject : List<KeyValuePair<string, object?>>
{
    /// <summary>The last value whose name equals <paramref name="name"/> in any case, as Go binds struct fields.</summary>
    public bool TryGet(string name, out object? value)
    {
        for (var i = Count - 1; i >= 0; i--)
        {
            if (!string.Equals(this[i].Key, name, StringComparison.OrdinalIgnoreCase)) continue;
            value = this[i].Value;
            return true;
        }

        value = null;
        return false;
    }
}
