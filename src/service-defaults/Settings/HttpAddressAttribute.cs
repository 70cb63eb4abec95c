using System.ComponentModel.DataAnnotations;

namespace OrderInventory.ServiceDefaults.Settings;

/// <summary>The text is an absolute address of scheme http or https.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class HttpAddressAttribute : ValidationAttribute
{
    /// <inheritdoc/>
    public override bool IsValid(object? value) =>
        value is null || (Uri.TryCreate(value as string, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps));
}
