using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Configuration;

namespace OrderInventory.ServiceDefaults.Settings;

/// <summary>One thing that can be set: a property of a class marked with <see cref="SettingsAttribute"/>.</summary>
public sealed class Setting
{
    private readonly Type _type;

    private Setting(SettingsAttribute place, PropertyInfo property)
    {
        Property = property;
        _type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        var own = property.GetCustomAttribute<ConfigurationKeyNameAttribute>()?.Name ?? property.Name;
        Key = place.Section is null ? own : $"{place.Section}:{own}";
        Name = place.EnvironmentPrefix + Key.Replace(":", "__", StringComparison.Ordinal);
    }

    /// <summary>The property that holds it.</summary>
    public PropertyInfo Property { get; }

    /// <summary>Its key in the configuration: <c>Orders:PaymentDeadline</c>.</summary>
    public string Key { get; }

    /// <summary>Its environment variable: <c>Orders__PaymentDeadline</c>.</summary>
    public string Name { get; }

    /// <summary>What may be written for it; continues "write …".</summary>
    public string Allowed
    {
        get
        {
            var range = Property.GetCustomAttribute<RangeAttribute>() is { } given ? Invariant($"{given.Minimum} to {given.Maximum}") : null;
            var words = Property.GetCustomAttribute<AllowedAttribute>()?.Words;
            if (range is not null) return range + (words is null ? "" : " " + words) + (_type == typeof(TimeSpan) ? ", as days.hours:minutes:seconds" : "");
            if (words is not null) return words;
            if (Property.GetCustomAttribute<AllowedValuesAttribute>() is { } values) return OneOf(values.Values.OfType<string>());
            if (_type.IsEnum) return OneOf(Enum.GetNames(_type));
            return _type == typeof(bool) ? "true or false" : "text";
        }
    }

    /// <summary>The settings of a class, in the order in which it declares them.</summary>
    public static IReadOnlyList<Setting> Of(Type options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var place = options.GetCustomAttribute<SettingsAttribute>() ?? throw new ArgumentException($"{options} is not marked as settings.", nameof(options));
        return [.. options.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite).OrderBy(property => property.MetadataToken).Select(property => new Setting(place, property))];
    }

    /// <summary>What holds when nothing is set, as one would write it; null for nothing.</summary>
    public string? DefaultOf(object options) => Property.GetValue(options) switch
    {
        null => null,
        bool flag => flag ? "true" : "false",
        var value => Invariant($"{value}"),
    };

    /// <summary>Sets it to what somebody wrote.</summary>
    /// <exception cref="InvalidOperationException">That is not allowed; the message says what is.</exception>
    internal void Set(object options, string text)
    {
        object? value;
        try
        {
            value = TypeDescriptor.GetConverter(_type).ConvertFromInvariantString(text);
        }
        // The converters of .NET wrap what they caught in different ways.
        catch (Exception error) when (error is FormatException or ArgumentException or OverflowException)
        {
            throw Wrong(text);
        }

        if (!Property.GetCustomAttributes<ValidationAttribute>().All(rule => rule.IsValid(value))) throw Wrong(text);
        Property.SetValue(options, value);
    }

    private static string OneOf(IEnumerable<string> values) => "one of " + string.Join(", ", values);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private InvalidOperationException Wrong(string text) => new($"{Key} is '{text}'; write {Allowed}.");
}
