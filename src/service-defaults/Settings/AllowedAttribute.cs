namespace OrderInventory.ServiceDefaults.Settings;

/// <summary>What may be written for a setting, where its type and its range do not say it all: the unit of a number, the kind of a text.</summary>
/// <param name="words">Continues "write …"; follows the range when there is one.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class AllowedAttribute(string words) : Attribute
{
    /// <summary>The words.</summary>
    public string Words { get; } = words;
}
